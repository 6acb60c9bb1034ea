using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Training;

/// <summary>The loss [1, 1] of one part of a step on a recording graph. The parts' losses and gradients are summed, so each is to be weighed by its share.</summary>
/// <param name="part">From 0.</param>
public delegate Tensor PartLoss(Graph graph, int part);

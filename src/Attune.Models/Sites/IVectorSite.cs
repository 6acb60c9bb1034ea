using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>An intervention on a vector of the model: a norm's weight or a bias.</summary>
public interface IVectorSite
{
    /// <summary>The vector [1, n] to use in place of the frozen one.</summary>
    Tensor Vector(Graph graph, VectorModule module);
}

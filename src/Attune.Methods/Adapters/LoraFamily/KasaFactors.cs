using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// Knowledge-aware singular-value adaptation (Wang et al. 2025): the weight loses its r smallest singular values, and s·B·diag(d)·A is added.
/// </summary>
public sealed class KasaFactors(LinearModule module, Parameter a, Parameter b, Parameter diagonal, float scale) : LoraFactors(module, a, b, scale)
{
    protected override Tensor FactorA(Graph graph) => graph.Multiply(graph.Use(A), graph.Use(diagonal).Reshape(A.Rows, 1));
}

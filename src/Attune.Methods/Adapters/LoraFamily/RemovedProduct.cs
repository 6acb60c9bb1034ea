using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>A frozen product of factors that is taken away from a weight before training: Left [out, r] times Right [r, in].</summary>
public sealed record RemovedProduct(Parameter Left, Parameter Right)
{
    /// <summary>Left·Right [out, in].</summary>
    public Tensor Product(Graph graph) => graph.Product(Left.Value, graph.Transpose(Right.Value));

    /// <summary>x·(Left·Right)ᵀ.</summary>
    public Tensor Apply(Graph graph, Tensor x) => graph.Product(graph.Product(x, Right.Value), Left.Value);
}

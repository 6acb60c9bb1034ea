using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Numbers that something gives on a graph of its own.</summary>
internal static class Evaluated
{
    public static float[] Of(Func<Graph, Tensor> compute)
    {
        using var graph = new Graph(recording: false);
        return compute(graph).Span.ToArray();
    }
}

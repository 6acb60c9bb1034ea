using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>What DeBERTa's larger models have behind their first block: norm(y + f(convolution(x))) of the block's input x and output y (He et al. 2021).</summary>
/// <param name="weight">[outputs, inputs / groups · size].</param>
/// <param name="bias">[1, outputs].</param>
internal sealed class BlockConvolution(VectorModule weight, VectorModule bias, NormModule norm, ActivationKind activation, int size, int groups)
{
    /// <summary>Zeros stand before and behind each sequence.</summary>
    public Tensor Apply(Graph graph, Tensor input, Tensor output, TokenBatch batch, SiteSet? sites)
    {
        var (w, b) = (weight.Apply(graph, sites), bias.Apply(graph, sites));
        var parts = new Tensor[batch.Segments.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var (start, length) = (batch.Segments[i].Start, batch.Segments[i].Length);
            var rows = parts.Length == 1 ? input : graph.GatherRows(input, [.. Enumerable.Range(start, length)]);
            parts[i] = graph.Convolution(rows, w, b, Window.Over(length, size, padding: (size - 1) / 2), groups);
        }
        var y = graph.Activate(parts.Length == 1 ? parts[0] : graph.ConcatRows(parts), activation);
        return norm.Apply(graph, graph.Add(output, y), sites);
    }
}

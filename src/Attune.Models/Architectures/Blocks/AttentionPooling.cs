using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>One state for each image: a learned query attends to its tokens, then a feed-forward layer (SigLIP, Zhai et al. 2023): y = out(attend(probe, x)), y + feed(norm y).</summary>
/// <param name="probe">The query before its map, [1, Hidden].</param>
/// <param name="weight">Maps of query, key and value below one another, [3 · Hidden, Hidden].</param>
/// <param name="bias">[1, 3 · Hidden].</param>
internal sealed class AttentionPooling(VectorModule probe, VectorModule weight, VectorModule bias, LinearModule output, NormModule norm, FeedForward feed, AttentionShape shape) : HeadModule
{
    public override int Outputs => output.Outputs;

    public override bool IsOfTokens => false;

    public override Tensor Apply(Graph graph, Tensor states, TokenBatch batch, SiteSet? sites)
    {
        var (w, b) = (weight.Apply(graph, sites), bias.Apply(graph, sites));
        var count = batch.Segments.Count;
        var query = Mapped(graph, probe.Apply(graph, sites), w, b, 0);
        var (k, v) = (Mapped(graph, states, w, b, 1), Mapped(graph, states, w, b, 2));
        var ranges = new AttentionRange[count];
        for (var i = 0; i < count; i++)
            ranges[i] = new AttentionRange(i, 1, batch.Segments[i].Start, batch.Segments[i].Length);
        var y = output.Apply(graph, graph.Attention(graph.GatherRows(query, new int[count]), k, v, shape, ranges), sites);
        return graph.Add(y, feed.Apply(graph, norm.Apply(graph, y, sites), sites));
    }

    private static Tensor Mapped(Graph graph, Tensor x, Tensor weight, Tensor bias, int part)
    {
        var width = weight.Columns;
        return graph.AddBias(graph.Product(x, graph.GatherRows(weight, [.. Enumerable.Range(part * width, width)])), graph.SliceColumns(bias, part * width, width));
    }
}

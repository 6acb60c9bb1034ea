using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>Grouped-query attention: q, k, v of one input, norms of q and k where there are, rotary positions where there are, softmax over keys, output map.</summary>
/// <param name="maps">Query, key and value.</param>
/// <param name="output">From the heads side by side to the residual stream.</param>
/// <param name="shape">What attention computes in this layer.</param>
internal sealed class AttentionMixer(IMaps maps, LinearModule output, AttentionShape shape) : SequenceMixer
{
    /// <summary>Turns queries and keys; null: positions act elsewhere.</summary>
    public Rotary? Rotary { get; init; }

    /// <summary>Applied to the query's and the key's heads before they turn.</summary>
    public IHeadNorm? QueryNorm { get; init; }

    public IHeadNorm? KeyNorm { get; init; }

    /// <summary>Linear biases of the scores; null: none.</summary>
    public AlibiBias? Alibi { get; init; }

    public override Tensor Gather(Graph graph, int layer, Tensor x, TokenBatch batch, ReadOnlySpan<int> positions, SiteSet? sites)
    {
        Span<Tensor> qkv = [default, default, default];
        maps.Apply(graph, x, sites, qkv);
        var (q, k, v) = (qkv[0], qkv[1], qkv[2]);
        q = QueryNorm?.Apply(graph, q, sites) ?? q;
        k = KeyNorm?.Apply(graph, k, sites) ?? k;
        if (Rotary is not null)
        {
            q = Rotary.Apply(graph, q, batch, positions, shape.Heads, shape.HeadDim);
            k = Rotary.Apply(graph, k, batch, positions, shape.KvHeads, shape.HeadDim);
        }
        var gathered = graph.Attend(q, k, v, shape, batch, layer, sites, Alibi?.Of(batch) ?? default);
        return sites?.AttentionAt(layer)?.Gathered(graph, q, gathered, shape, batch) ?? gathered;
    }

    public override Tensor Output(Graph graph, Tensor gathered, SiteSet? sites) => output.Apply(graph, gathered, sites);
}

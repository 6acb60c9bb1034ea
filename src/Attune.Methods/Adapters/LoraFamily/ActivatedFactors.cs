using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// Activated LoRA (Greenewald et al. 2025): the factors act from the last occurrence of some invocation tokens on; what stands before, and a sequence without them, is the
/// model itself, so that its keys and values can be shared with it.
/// </summary>
public sealed class ActivatedFactors(LinearModule module, Parameter a, Parameter b, float scale, IReadOnlyList<int> invocation) : LoraFactors(module, a, b, scale)
{
    public override Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
    {
        var batch = sites.Batch;
        if (batch is null || batch.Count != x.Rows)
            throw new InvalidOperationException($"activated LoRA sees {x.Rows} rows of a batch of {batch?.Count ?? 0}");
        var mask = graph.Arena.Zeros(x.Rows, 1);
        foreach (var segment in batch.Segments)
        {
            if (segment.Cache is not null)
                throw new AttuneException("an activated LoRA adapter looks for its invocation tokens in the whole sequence, and a cached sequence comes in parts; use another adapter for scoring and chat");
            var start = Last(batch.Ids.Slice(segment.Start, segment.Length));
            if (start >= 0)
                mask.Span[(segment.Start + start)..(segment.Start + segment.Length)].Fill(1);
        }
        return graph.Add(Base(graph, x, sites), graph.Multiply(Beside(graph, x), mask));
    }

    public override void Merge(MergedWeights weights) =>
        throw new AttuneException("an activated LoRA adapter acts on some tokens only and cannot be merged into the weights; use it beside the model");

    /// <summary>Where the invocation tokens begin last; −1: nowhere.</summary>
    private int Last(ReadOnlySpan<int> tokens)
    {
        for (var at = tokens.Length - invocation.Count; at >= 0; at--)
        {
            var same = true;
            for (var i = 0; same && i < invocation.Count; i++)
                same = tokens[at + i] == invocation[i];
            if (same)
                return at;
        }
        return -1;
    }
}

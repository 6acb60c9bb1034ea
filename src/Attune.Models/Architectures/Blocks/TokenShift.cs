using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>RWKV's mixtures of a token with the one before it: x·m + before·(1 − m), one weight a channel.</summary>
/// <param name="last">The last token's row of each sequence.</param>
internal sealed class TokenShift(RecurrentState last)
{
    /// <summary>The rows before those of x; zeros before the first of a sequence.</summary>
    public Tensor Before(Graph graph, Tensor x, TokenBatch batch)
    {
        var rows = new int[x.Rows];
        for (var s = 0; s < batch.Segments.Count; s++)
            for (var i = 0; i < batch.Segments[s].Length; i++)
                rows[batch.Segments[s].Start + i] = i == 0 ? s : batch.Segments.Count + batch.Segments[s].Start + i - 1;
        var before = graph.GatherRows(graph.ConcatRows(last.LoadOrZeros(graph, batch), x), rows);
        last.StoreLast(batch, x);
        return before;
    }

    public static Tensor Mix(Graph graph, Tensor x, Tensor before, VectorModule weight, SiteSet? sites)
    {
        var m = weight.Apply(graph, sites);
        return graph.Add(graph.MultiplyRow(x, m), graph.MultiplyRow(before, graph.AddScalar(graph.Scale(m, -1), 1)));
    }
}

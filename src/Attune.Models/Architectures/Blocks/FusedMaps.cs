using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>Several maps of one input that the checkpoint stores as one: its columns are picked apart.</summary>
/// <param name="map">The map as stored.</param>
/// <param name="parts">The columns of each result.</param>
internal sealed class FusedMaps(LinearModule map, IReadOnlyList<ColumnRun[]> parts) : IMaps
{
    /// <summary>One result after another, of <paramref name="widths"/> columns.</summary>
    public static FusedMaps SideBySide(LinearModule map, params ReadOnlySpan<int> widths)
    {
        var parts = new ColumnRun[widths.Length][];
        var at = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = [new ColumnRun(at, widths[i])];
            at += widths[i];
        }
        return new FusedMaps(map, parts);
    }

    /// <summary>
    /// For each head of keys the heads of queries that read it, then its key, then its value: (q…, k, v), (q…, k, v), ….
    /// </summary>
    public static FusedMaps ByGroup(LinearModule map, int heads, int kvHeads, int headDim)
    {
        var group = heads / kvHeads;
        ColumnRun[] Runs(int first, int count) => [.. Enumerable.Range(0, kvHeads).Select(g => new ColumnRun((g * (group + 2) + first) * headDim, count * headDim))];
        return new FusedMaps(map, [Runs(0, group), Runs(group, 1), Runs(group + 1, 1)]);
    }

    /// <inheritdoc/>
    public void Apply(Graph graph, Tensor x, SiteSet? sites, Span<Tensor> outputs)
    {
        var y = map.Apply(graph, x, sites);
        for (var i = 0; i < parts.Count; i++)
            outputs[i] = graph.GatherColumns(y, parts[i]);
    }
}

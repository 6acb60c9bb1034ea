using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>
/// Rotary positions of queries and keys (Su et al. 2021), shared by the layers that turn alike. Where frequencies depend on a length, it is that of
/// each sequence, or of the batch's longest where the model was opened so.
/// </summary>
internal sealed class Rotary(RopeSettings settings, ModelOptions options) : IDisposable
{
    private readonly Dictionary<int, RopeTable> tables = [];

    /// <summary>x [M, heads · headDim] turned by the positions of its rows.</summary>
    public Tensor Apply(Graph graph, Tensor x, TokenBatch batch, ReadOnlySpan<int> positions, int heads, int headDim)
    {
        if (!settings.DependsOnLength)
            return graph.Rope(x, Table(0), positions, heads, headDim);
        var lengths = new int[batch.Segments.Count];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = settings.LengthThatCounts(batch.Segments[i].Whole);
            foreach (var position in positions.Slice(batch.Segments[i].Start, batch.Segments[i].Length))
                lengths[i] = Math.Max(lengths[i], settings.LengthThatCounts(position + 1));
        }
        if (options.RopeLength == RopeLength.Batch)
            Array.Fill(lengths, lengths.Max());
        if (lengths.Distinct().Count() == 1)
            return graph.Rope(x, Table(lengths[0]), positions, heads, headDim);
        var parts = new Tensor[lengths.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var (start, count) = (batch.Segments[i].Start, batch.Segments[i].Length);
            var rows = graph.GatherRows(x, Enumerable.Range(start, count).ToArray());
            parts[i] = graph.Rope(rows, Table(lengths[i]), positions.Slice(start, count), heads, headDim);
        }
        return graph.ConcatRows(parts);
    }

    public void Dispose()
    {
        foreach (var table in tables.Values)
            table.Dispose();
    }

    private RopeTable Table(int length)
    {
        if (!tables.TryGetValue(length, out var table))
            tables.Add(length, table = new RopeTable(settings with { DynamicLength = length }));
        return table;
    }
}

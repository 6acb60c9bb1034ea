using Attune.Models.Generation;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A part of the state that a recurrent model carries along a sequence: a matrix at a place of its own in every sequence's state.</summary>
internal sealed unsafe class RecurrentState(int offset, int rows, int columns)
{
    /// <summary>Floats of it.</summary>
    public int Floats => rows * columns;

    /// <summary>The states of a batch's sequences one below another, [sequences·rows, columns]; empty where nothing is kept, as in training.</summary>
    public Tensor Load(Graph graph, TokenBatch batch)
    {
        if (!IsKept(batch))
            return default;
        var all = graph.Arena.Matrix(batch.Segments.Count * rows, columns);
        for (var i = 0; i < batch.Segments.Count; i++)
            new ReadOnlySpan<float>(At(batch, i), Floats).CopyTo(all.Span.Slice(i * Floats, Floats));
        return all;
    }

    /// <summary>The same, with zeros where nothing is kept.</summary>
    public Tensor LoadOrZeros(Graph graph, TokenBatch batch) => IsKept(batch) ? Load(graph, batch) : graph.Arena.Zeros(batch.Segments.Count * rows, columns);

    /// <summary>Keeps the states behind the batch's tokens.</summary>
    public void Store(TokenBatch batch, Tensor all)
    {
        if (IsKept(batch))
            for (var i = 0; i < batch.Segments.Count; i++)
                all.Span.Slice(i * Floats, Floats).CopyTo(new Span<float>(At(batch, i), Floats));
    }

    /// <summary>Keeps the last rows of each sequence of <paramref name="x"/> [batch.Count, columns], older ones moving up.</summary>
    public void StoreLast(TokenBatch batch, Tensor x)
    {
        if (!IsKept(batch))
            return;
        for (var i = 0; i < batch.Segments.Count; i++)
        {
            var segment = batch.Segments[i];
            var kept = new Span<float>(At(batch, i), Floats);
            var fresh = Math.Min(rows, segment.Length);
            kept[(fresh * columns)..].CopyTo(kept);
            x.Slice(segment.Start + segment.Length - fresh, fresh).Span.CopyTo(kept[((rows - fresh) * columns)..]);
        }
    }

    private static bool IsKept(TokenBatch batch) => batch.Segments.Count > 0 && batch.Segments[0].Cache is not null;

    private float* At(TokenBatch batch, int segment) => ((StateSequence)batch.Segments[segment].Cache!).Data + offset;
}

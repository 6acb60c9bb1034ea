using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Tensors;

/// <summary>The work of operations whose count is more than a product of three numbers.</summary>
internal static class WorkOf
{
    /// <summary>y_i = x·W_iᵀ: 2 operations for each weight and row; the input is read once.</summary>
    public static OperationWork Linear(Tensor x, WeightMatrix[] weights, Precision precision)
    {
        if (!Profile.IsRunning)
            return default;
        var (operations, bytes) = (default(OperationCount), 4 * x.Count);
        foreach (var w in weights)
        {
            operations += OperationCount.In(w.Numbers(precision), 2L * x.Rows * w.Rows * w.Columns);
            bytes += w.Bytes + 4L * x.Rows * w.Rows;
        }
        return new(OperationKind.Linear, operations, bytes);
    }

    /// <summary>y = x·Wᵀ in the numbers of a graph that records.</summary>
    public static OperationWork Linear(Tensor x, WeightMatrix w, Graph graph) =>
        new(OperationKind.Linear, 2L * x.Rows * w.Rows * w.Columns, w.Bytes + 4L * x.Rows * (w.Columns + (long)w.Rows), graph.Numbers(w.Rows, w.Columns));

    /// <summary>dx += dy·W: dx is written, and read if it is not the first gradient.</summary>
    public static OperationWork LinearBackward(Tensor x, WeightMatrix w, Graph graph) =>
        new(OperationKind.LinearBackward, 2L * x.Rows * w.Rows * w.Columns, w.Bytes + 4L * x.Rows * ((graph.HasGradient(x) ? 2L : 1) * w.Columns + w.Rows), graph.Numbers(w.Rows, w.Columns));

    /// <summary>y = x·wᵀ.</summary>
    public static OperationWork Product(Tensor x, Tensor w, Graph graph) =>
        new(OperationKind.Product, 2L * x.Rows * w.Count, 4 * (x.Count + w.Count + (long)x.Rows * w.Rows), graph.Numbers(w.Rows, w.Columns));

    /// <summary>dx += dy·w and dw += dyᵀ·x, of which one may not be wanted.</summary>
    public static OperationWork ProductBackward(Tensor x, Tensor w, Graph graph)
    {
        var (dx, dw) = (x.Node != 0 ? 1 : 0, w.Node != 0 ? 1 : 0);
        var dy = (long)x.Rows * w.Rows;
        var bytes = 4 * (dx * (dy + w.Count + 2 * x.Count) + dw * (dy + x.Count + 2 * w.Count));
        return new(OperationKind.ProductBackward, (dx + dw) * 2L * x.Rows * w.Count, bytes, graph.Numbers(w.Rows, w.Columns));
    }

    /// <summary>Element by element: <paramref name="tensors"/> tensors as large as <paramref name="x"/> are read or written.</summary>
    public static OperationWork Elements(OperationKind kind, Tensor x, int tensors) => new(kind, 0, 4 * tensors * x.Count);

    /// <summary>
    /// The gradient of <paramref name="x"/> element by element, from <paramref name="read"/> tensors as large: written if it is the first,
    /// otherwise read too.
    /// </summary>
    public static OperationWork Gradient(OperationKind kind, Tensor x, int read, Graph graph) => Elements(kind, x, read + (graph.HasGradient(x) ? 2 : 1));

    /// <summary>q·kᵀ and p·v: 4·HeadDim operations for each query, head and key that it sees. Queries, outputs, keys and values once.</summary>
    public static OperationWork Attention(AttentionShape shape, ReadOnlySpan<AttentionRange> ranges)
    {
        if (!Profile.IsRunning)
            return default;
        var (pairs, queries, keys) = Count(shape, ranges);
        return new(OperationKind.Attention, pairs * shape.Heads * shape.HeadDim * 4, 8 * (queries * shape.QueryColumns + keys * shape.KeyColumns));
    }

    /// <summary>
    /// Five products where forward has two: the scores again, and the gradients of weights, queries, keys and values. Gradients are
    /// read and written.
    /// </summary>
    public static OperationWork AttentionBackward(AttentionShape shape, ReadOnlySpan<AttentionRange> ranges)
    {
        if (!Profile.IsRunning)
            return default;
        var (pairs, queries, keys) = Count(shape, ranges);
        return new(OperationKind.AttentionBackward, pairs * shape.Heads * shape.HeadDim * 10, 4 * (5 * queries * shape.QueryColumns + 6 * keys * shape.KeyColumns));
    }

    /// <summary>As <see cref="Attention"/>; the keys and values of every segment count, shared or not.</summary>
    public static OperationWork CachedAttention(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments)
    {
        if (!Profile.IsRunning)
            return default;
        var (pairs, queries, keys) = (0L, 0L, 0L);
        foreach (ref readonly var s in segments)
            (pairs, queries, keys) = (pairs + Pairs(shape, s.Past, s.QueryCount, s.Keys), queries + s.QueryCount, keys + s.Keys);
        return new(OperationKind.CachedAttention, pairs * shape.Heads * shape.HeadDim * 4, 8 * (queries * shape.QueryColumns + keys * shape.KeyColumns));
    }

    private static (long Pairs, long Queries, long Keys) Count(AttentionShape shape, ReadOnlySpan<AttentionRange> ranges)
    {
        var (pairs, queries, keys) = (0L, 0L, 0L);
        foreach (var r in ranges)
            (pairs, queries, keys) = (pairs + Pairs(shape, r.KeyCount - r.QueryCount, r.QueryCount, r.KeyCount), queries + r.QueryCount, keys + r.KeyCount);
        return (pairs, queries, keys);
    }

    private static long Pairs(AttentionShape shape, int past, int queries, int keys)
    {
        var pairs = 0L;
        for (var i = 0; i < queries; i++)
        {
            var (low, high) = shape.Visible(past + i, keys);
            pairs += high - low;
        }
        return pairs;
    }
}

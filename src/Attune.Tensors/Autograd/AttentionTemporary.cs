using Attune.Tensors.Kernels;
namespace Attune.Tensors.Autograd;
public static unsafe class AttentionTemporary
{
    public static Tensor CachedAttention(this Graph graph, Tensor q, Tensor k, Tensor v, AttentionShape shape, ReadOnlySpan<AttentionSegment> segments)
    {
        AttentionTile.Append(shape, segments, k, v);
        var y = graph.Arena.Matrix(q.Rows, q.Columns);
        Kernels.Attention.Forward(shape, segments, q.Data, y.Data);
        return y;
    }
    public static Tensor Attention(this Graph graph, Tensor q, Tensor k, Tensor v, AttentionShape shape, ReadOnlySpan<(int Start, int Length)> ranges)
    {
        var segments = (AttentionSegment*)graph.Arena.Take((long)ranges.Length * sizeof(AttentionSegment));
        for (var i = 0; i < ranges.Length; i++)
        {
            var n = AttentionTile.Pages(ranges[i].Length);
            var pages = (float**)graph.Arena.Take((long)n * sizeof(float*));
            for (var p = 0; p < n; p++) pages[p] = graph.Arena.Floats(shape.PageFloats);
            segments[i] = new AttentionSegment { QueryStart = ranges[i].Start, QueryCount = ranges[i].Length, Pages = pages };
        }
        return graph.CachedAttention(q, k, v, shape, new ReadOnlySpan<AttentionSegment>(segments, ranges.Length));
    }
    public static Tensor L2Normalise(this Graph graph, Tensor x)
    {
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        for (var r = 0; r < x.Rows; r++) { double s = 0; foreach (var f in x[r]) s += (double)f * f; var inv = 1 / Math.Max(1e-12, Math.Sqrt(s)); for (var j = 0; j < x.Columns; j++) y[r][j] = (float)(x[r][j] * inv); }
        return y;
    }
}

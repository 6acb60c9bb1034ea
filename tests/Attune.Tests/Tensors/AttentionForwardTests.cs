using System.Runtime.Intrinsics;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using Kernel = Attune.Tensors.Kernels.Attention;

namespace Attune.Tests.Tensors;

/// <summary>Attention against its formula, and against itself: the same bits however a batch is cut.</summary>
public sealed unsafe class AttentionForwardTests
{
    private static readonly int[] Lengths = [1, 15, 16, 17, 40, 5, 70];

    public static TheoryData<int, int, int, bool, int, float> CausalShapes => new()
    {
        { 9, 3, 64, true, 0, 0 },
        { 4, 4, 8, true, 0, 0 },
        { 14, 2, 48, true, 0, 0 },
        { 32, 1, 16, true, 0, 0 },
        { 6, 2, 16, true, 3, 0 },
        { 6, 2, 80, true, 21, 4 },
        { 8, 8, 1, true, 1, 0 },
    };

    /// <summary>A negative window reaches both ways.</summary>
    public static TheoryData<int, int, int, bool, int, float> ShapesToTry => new()
    {
        { 9, 3, 64, true, 0, 0 },
        { 4, 4, 8, true, 0, 0 },
        { 14, 2, 48, true, 0, 0 },
        { 32, 1, 16, true, 0, 0 },
        { 6, 2, 16, true, 3, 0 },
        { 6, 2, 80, true, 21, 4 },
        { 8, 8, 1, true, 1, 0 },
        { 3, 1, 20, false, 0, 0 },
        { 12, 12, 32, false, 0, 0 },
        { 5, 5, 7, false, 9, 2 },
        { 4, 2, 24, false, -1, 0 },
        { 3, 3, 16, false, -21, 0 },
    };

    [Theory]
    [MemberData(nameof(ShapesToTry))]
    public void Cached_RaggedBatchInPoisonedPages_EqualsFormula(int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        using var batch = Batch(heads, kvHeads, dim, causal, window, cap);
        var expected = AttentionReference.Forward(batch.Shape, batch.Ranges, batch.Q, batch.K, batch.V);
        AttentionBatch.AssertClose(expected, batch.All(), 3e-6);
    }

    [Theory]
    [MemberData(nameof(CausalShapes))]
    public void Cached_OneQueryAtATime_SameBitsAsAllAtOnce(int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        using var batch = Batch(heads, kvHeads, dim, causal, window, cap);
        var all = batch.All();
        batch.Poison();
        for (var s = 0; s < Lengths.Length; s++)
            for (var i = 0; i < Lengths[s]; i++)
                AttentionBatch.AssertSameBits(batch.Part(all, s, i, 1), batch.Cached((s, i, 1)));
    }

    [Theory]
    [MemberData(nameof(CausalShapes))]
    public void Cached_InUnequalPiecesBesideOthers_SameBitsAsAllAtOnce(int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        using var batch = Batch(heads, kvHeads, dim, causal, window, cap);
        var all = batch.All();
        batch.Poison();
        AttentionBatch.AssertSameBits(batch.Part(all, 6, 0, 13), batch.Cached((6, 0, 13)));
        AttentionBatch.AssertSameBits(batch.Part(all, 4, 0, 31), batch.Cached((4, 0, 31)));
        float[] together = [.. batch.Part(all, 6, 13, 7), .. batch.Part(all, 0, 0, 1), .. batch.Part(all, 4, 31, 9)];
        AttentionBatch.AssertSameBits(together, batch.Cached((6, 13, 7), (0, 0, 1), (4, 31, 9)));
        AttentionBatch.AssertSameBits(batch.Part(all, 6, 20, 50), batch.Cached((6, 20, 50)));
    }

    [Theory]
    [MemberData(nameof(ShapesToTry))]
    public void Forward_EveryWidth_SameBits(int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        using var batch = Batch(heads, kvHeads, dim, causal, window, cap);
        var expected = batch.All();
        var segments = Lengths.Select((n, i) => batch.Segment(i, 0, n, batch.Start(i))).ToArray();
        var y = new float[batch.Q.Length];
        fixed (float* q = batch.Q)
        fixed (float* to = y)
        {
            Kernel.Forward<SimdScalar, float, int>(batch.Shape, segments, q, to);
            AttentionBatch.AssertSameBits(expected, y);
            Array.Clear(y);
            Kernel.Forward<Simd128, Vector128<float>, Vector128<int>>(batch.Shape, segments, q, to);
            AttentionBatch.AssertSameBits(expected, y);
            Array.Clear(y);
            Kernel.Forward<Simd256, Vector256<float>, Vector256<int>>(batch.Shape, segments, q, to);
            AttentionBatch.AssertSameBits(expected, y);
            Array.Clear(y);
            Kernel.Forward<Simd512, Vector512<float>, Vector512<int>>(batch.Shape, segments, q, to);
            AttentionBatch.AssertSameBits(expected, y);
        }
    }

    [Theory]
    [MemberData(nameof(ShapesToTry))]
    public void Attention_WithoutACache_SameBitsAsCached(int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        using var batch = Batch(heads, kvHeads, dim, causal, window, cap);
        using var graph = new Graph(recording: false);
        var y = graph.Attention(AttentionBatch.Put(graph, batch.Q, batch.Shape.QueryColumns), AttentionBatch.Put(graph, batch.K, batch.Shape.KeyColumns), AttentionBatch.Put(graph, batch.V, batch.Shape.KeyColumns), batch.Shape, batch.Ranges);
        AttentionBatch.AssertSameBits(batch.All(), y.Span.ToArray());
    }

    [Fact]
    public void Cached_LaterKeysAreInfinite_EarlierQueriesDoNotNotice()
    {
        using var batch = Batch(6, 2, 16, true, 0, 0);
        var clean = batch.Cached((6, 0, 70));
        var from = (batch.Start(6) + 50) * batch.Shape.KeyColumns;
        batch.V.AsSpan(from).Fill(float.PositiveInfinity);
        batch.K.AsSpan(from).Fill(float.NaN);
        batch.Poison();
        var spoilt = batch.Cached((6, 0, 70));
        Assert.Equal(clean[..(50 * batch.Shape.QueryColumns)], spoilt[..(50 * batch.Shape.QueryColumns)]);
        Assert.All(spoilt[(50 * batch.Shape.QueryColumns)..], x => Assert.True(float.IsNaN(x)));
    }

    [Fact]
    public void Cached_ScoresOfThousands_DoNotOverflow()
    {
        // Two keys of one head: scores 3000 and 3000 − ln 3, so the weights are 3/4 and 1/4.
        var shape = new AttentionShape(1, 1, 1, 1, Causal: false);
        using var batch = new AttentionBatch(shape, [2], 1);
        (batch.Q[0], batch.Q[1], batch.K[0], batch.K[1], batch.V[0], batch.V[1]) = (1, 1, 3000, 3000 - MathF.Log(3), 8, 4);
        Assert.All(batch.All(), y => Assert.Equal(7, y, 1e-3));
    }

    [Fact]
    public void Cached_SegmentsLeaveRowsOut_SaysSo()
    {
        using var batch = Batch(4, 4, 8, true, 0, 0);
        using var graph = new Graph(recording: false);
        var q = graph.Persistent.Zeros(3, 32);
        var segment = batch.Segment(0, 0, 2, 0);
        var e = Assert.Throws<ArgumentException>(() => { graph.CachedAttention(q, q, q, batch.Shape, [segment]); });
        Assert.Contains("hold 2 rows but q is [3, 32]", e.Message, StringComparison.Ordinal);
    }

    private static AttentionBatch Batch(int heads, int kvHeads, int dim, bool causal, int window, float cap) =>
        new(new AttentionShape(heads, kvHeads, dim, 1 / MathF.Sqrt(dim), causal, Math.Abs(window), cap, window < 0), Lengths, (ulong)(heads * 1000 + dim));
}

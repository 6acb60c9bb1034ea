using System.Runtime.Intrinsics;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using Kernel = Attune.Tensors.Kernels.Attention;

namespace Attune.Tests.Tensors;

/// <summary>Biases of every form against the formula in float64, and against themselves: the same bits however a batch is cut.</summary>
public sealed unsafe class AttentionBiasTests
{
    private static readonly int[] Lengths = [1, 15, 16, 17, 40, 5, 70];

    public static TheoryData<string, int, int, int, bool, int, float> Cases
    {
        get
        {
            var data = new TheoryData<string, int, int, int, bool, int, float>();
            foreach (var form in AttentionBiasCase.Forms)
            {
                data.Add(form, 6, 2, 16, true, 0, 0);
                data.Add(form, 3, 3, 40, false, 0, 0);
                data.Add(form, 4, 1, 8, true, 21, 3);
                data.Add(form, 5, 5, 7, false, -9, 2);
                data.Add(form, 2, 2, 33, false, 7, 0);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attention_RaggedBatch_EqualsFormula(string form, int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        var (batch, bias) = Batch(form, heads, kvHeads, dim, causal, window, cap);
        using var _ = batch;
        AttentionBatch.AssertClose(AttentionReference.Forward(batch.Shape, batch.Ranges, batch.Q, batch.K, batch.V, Masked(batch.Shape, bias)), Alone(batch, bias), 3e-6);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attention_ThroughTheCacheInPieces_SameBitsAsAtOnce(string form, int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        var (batch, bias) = Batch(form, heads, kvHeads, dim, causal, window, cap);
        using var _ = batch;
        var all = Alone(batch, bias);
        AttentionBatch.AssertSameBits(all, Cached(batch, bias, Lengths.Select((n, i) => (i, 0, n)).ToArray()));
        if (!causal)
            return;
        foreach (var sequence in (int[])[4, 6])
        {
            batch.Poison();
            var past = 0;
            foreach (var count in (int[])[13, 1, 1, Lengths[sequence] - 15])
            {
                AttentionBatch.AssertSameBits(batch.Part(all, sequence, past, count), Cached(batch, bias, (sequence, past, count)));
                past += count;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_EveryWidth_SameBits(string form, int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        var (batch, bias) = Batch(form, heads, kvHeads, dim, causal, window, cap);
        using var _ = batch;
        var expected = Cached(batch, bias, Lengths.Select((n, i) => (i, 0, n)).ToArray());
        var segments = Lengths.Select((n, i) => batch.Segment(i, 0, n, batch.Start(i))).ToArray();
        fixed (float* q = batch.Q, values = bias.Values)
        {
            var added = bias.Of(new Tensor(values, bias.Values.Length / bias.Columns, bias.Columns));
            foreach (ref var segment in segments.AsSpan())
                segment.Bias = added.Rows(segment);
            var y = new float[batch.Q.Length];
            fixed (float* to = y)
            {
                Kernel.Forward<SimdScalar, float, int>(batch.Shape, segments, q, to);
                AttentionBatch.AssertSameBits(expected, y);
                Kernel.Forward<Simd128, Vector128<float>, Vector128<int>>(batch.Shape, segments, q, to);
                AttentionBatch.AssertSameBits(expected, y);
                Kernel.Forward<Simd256, Vector256<float>, Vector256<int>>(batch.Shape, segments, q, to);
                AttentionBatch.AssertSameBits(expected, y);
                Kernel.Forward<Simd512, Vector512<float>, Vector512<int>>(batch.Shape, segments, q, to);
                AttentionBatch.AssertSameBits(expected, y);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Probabilities_TimesValues_AreTheOutput(string form, int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        var (batch, bias) = Batch(form, heads, kvHeads, dim, causal, window, cap);
        using var _ = batch;
        var y = new double[batch.Q.Length];
        var calls = 0;
        var output = Alone(batch, bias, (shape, added, q, k, ranges) =>
        {
            calls++;
            foreach (var range in ranges)
            {
                var p = AttentionProbabilities.Of(shape, added, q, k, range);
                for (var i = 0; i < p.Length; i++)
                {
                    var (head, row, key) = (i / range.KeyCount / range.QueryCount, range.QueryStart + i / range.KeyCount % range.QueryCount, range.KeyStart + i % range.KeyCount);
                    for (var d = 0; d < dim; d++)
                        y[(row * heads + head) * dim + d] += (double)p[i] * batch.V[(key * kvHeads + head / (heads / kvHeads)) * dim + d];
                }
            }
        });
        Assert.Equal(1, calls);
        AttentionBatch.AssertClose(y, output, 3e-6);
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Attention_BetweenGuardPages_StaysWithin(string form, int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        Skip.IfNot(GuardPages.IsSupported, "guard pages are for Linux");
        var (batch, bias) = Batch(form, heads, kvHeads, dim, causal, window, cap);
        using var _ = batch;
        var expected = Alone(batch, bias);
        foreach (var atEnd in (bool[])[true, false])
        {
            using var memory = new GuardArena(atEnd);
            using var graph = new Graph(recording: true);
            Tensor Put(float[] values, int columns)
            {
                var t = memory.Matrix(values.Length / columns, columns);
                values.CopyTo(t.Span);
                return graph.Track(t);
            }
            var table = Put(bias.Values, bias.Columns);
            var y = graph.Attention(Put(batch.Q, batch.Shape.QueryColumns), Put(batch.K, batch.Shape.KeyColumns), Put(batch.V, batch.Shape.KeyColumns), batch.Shape, batch.Ranges, bias.Of(table));
            AttentionBatch.AssertSameBits(expected, y.Span.ToArray());
            graph.Backward(y);
            Assert.All(graph.Gradient(table).Span.ToArray(), g => Assert.True(float.IsFinite(g)));
        }
    }

    [Fact]
    public void Attention_TableTooSmall_SaysWhichColumnsAreRead()
    {
        using var graph = new Graph(recording: false);
        var x = graph.Persistent.Zeros(6, 4);
        var e = Assert.Throws<ArgumentException>(() => { graph.Attention(x, x, x, new AttentionShape(1, 1, 4, 1, Causal: true), [new(0, 6)], AttentionBias.OfDistances(graph.Persistent.Zeros(1, 5), 4)); });
        Assert.Contains("5 columns a head, but queries at the positions 0…5 over 6 keys read the columns -1…4", e.Message, StringComparison.Ordinal);
    }

    private static (AttentionBatch Batch, AttentionBiasCase Bias) Batch(string form, int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        var shape = new AttentionShape(heads, kvHeads, dim, 1 / MathF.Sqrt(dim), causal, Math.Abs(window), cap, window < 0);
        return (new AttentionBatch(shape, Lengths, 21), new AttentionBiasCase(form, shape, Lengths.Sum(), Lengths.Max(), 22));
    }

    private static AttentionReference.Bias Masked(AttentionShape shape, AttentionBiasCase bias) => (row, head, position, key) =>
        shape.Visible(position, int.MaxValue) is var (low, high) && key >= low && key < high ? bias.Formula(row, head, position, key) : 0;

    private static float[] Alone(AttentionBatch batch, AttentionBiasCase bias, AttentionObserver? observer = null)
    {
        using var graph = new Graph(recording: false) { AttentionObserver = observer };
        var shape = batch.Shape;
        return graph.Attention(AttentionBatch.Put(graph, batch.Q, shape.QueryColumns), AttentionBatch.Put(graph, batch.K, shape.KeyColumns), AttentionBatch.Put(graph, batch.V, shape.KeyColumns), shape, batch.Ranges,
            bias.Of(AttentionBatch.Put(graph, bias.Values, bias.Columns))).Span.ToArray();
    }

    private static float[] Cached(AttentionBatch batch, AttentionBiasCase bias, params (int Sequence, int Past, int Count)[] parts)
    {
        var values = parts.Length == 1 ? bias.OfRows(batch.Start(parts[0].Sequence) + parts[0].Past, parts[0].Count) : bias.Values;
        return batch.Cached(graph => bias.Of(AttentionBatch.Put(graph, values, bias.Columns)), parts);
    }
}

using Attune.Tensors;
using Attune.Tensors.Kernels;
using Attune.Tensors.Kernels.Reference;

namespace Attune.Tests.Tensors;

/// <summary>Row-wise kernels against plain loops: lengths 0–256, odd shapes, guarded memory, NaN and infinities.</summary>
public unsafe class RowKernelTests
{
    private static IEnumerable<(int Rows, int Columns)> Shapes => KernelCheck.Shapes.Where(s => s.Columns > 0);

    /// <summary>Normal values; a NaN in the second row, where there is one.</summary>
    private static float[] WithNaN(int rows, int columns, ulong seed)
    {
        var x = KernelCheck.Normal(rows * columns, seed);
        if (rows > 1)
            x[columns + columns / 2] = float.NaN;
        return x;
    }

    [Fact]
    public void RmsNorm_OnAnyShape_EqualsReference()
    {
        foreach (var (rows, columns) in Shapes)
        {
            float[] x = WithNaN(rows, columns, 1), w = KernelCheck.Normal(columns, 2), dy = KernelCheck.Normal(rows * columns, 3);
            using GuardedMatrix gx = new(x, rows, columns), gw = new(w, 1, columns), gdy = new(dy, rows, columns);
            using GuardedMatrix y = new(rows, columns), scales = new(1, rows), dx = new(rows, columns), dw = new(1, columns);
            RmsNorm.Forward(gx.Tensor, gw.Data, 1e-5f, 1, y.Tensor, scales.Data);
            KernelCheck.Equal("y", ReferenceNorms.Rms(x, w, columns, 1e-5, 1), y.Values, 2e-6, 1e-6);
            RmsNorm.Backward(gx.Tensor, gw.Data, 1, scales.Data, gdy.Tensor, dx.Tensor);
            RmsNorm.BackwardWeight(gx.Tensor, scales.Data, gdy.Tensor, dw.Tensor);
            var (edx, edw) = ReferenceNorms.RmsBackward(x, w, dy, columns, 1e-5, 1);
            KernelCheck.Equal($"dx [{rows}, {columns}]", edx, dx.Values, 1e-5, 2e-5);
            KernelCheck.Equal("dw", edw, dw.Values, 1e-5, 2e-5);
        }
    }

    [Fact]
    public void LayerNorm_OnAnyShape_EqualsReference()
    {
        // One column has no variance: the slope there is 1/√ε times rounding, and only the formula's zeros can be compared.
        foreach (var (rows, columns) in Shapes.Where(s => s.Columns > 1))
        {
            float[] x = WithNaN(rows, columns, 1), w = KernelCheck.Normal(columns, 2), b = KernelCheck.Normal(columns, 4), dy = KernelCheck.Normal(rows * columns, 3);
            using GuardedMatrix gx = new(x, rows, columns), gw = new(w, 1, columns), gb = new(b, 1, columns), gdy = new(dy, rows, columns);
            using GuardedMatrix y = new(rows, columns), statistics = new(1, 2 * rows), dx = new(rows, columns), dw = new(1, columns), db = new(1, columns);
            LayerNorm.Forward(gx.Tensor, gw.Data, gb.Data, 1e-5f, y.Tensor, statistics.Data);
            KernelCheck.Equal("y", ReferenceNorms.Layer(x, w, b, columns, 1e-5), y.Values, 4e-6, 4e-6);
            LayerNorm.Backward(gx.Tensor, gw.Data, statistics.Data, gdy.Tensor, dx.Tensor);
            LayerNorm.BackwardWeights(gx.Tensor, statistics.Data, gdy.Tensor, dw.Data, db.Data);
            var (edx, edw, edb) = ReferenceNorms.LayerBackward(x, w, dy, columns, 1e-5);
            KernelCheck.Equal($"dx [{rows}, {columns}]", edx, dx.Values, 1e-5, 5e-5);
            KernelCheck.Equal("dw", edw, dw.Values, 1e-5, 5e-5);
            KernelCheck.Equal("db", edb, db.Values, 1e-5, 2e-5);
        }
    }

    [Fact]
    public void Softmax_WithMasksAndNaN_EqualsReference()
    {
        foreach (var (rows, columns) in Shapes)
        {
            var x = WithNaN(rows, columns, 1);
            for (var i = 2; i < x.Length; i += 5)
                x[i] = float.NegativeInfinity;
            if (rows > 2)
                x.AsSpan(2 * columns, columns).Fill(float.NegativeInfinity);
            var dy = KernelCheck.Normal(x.Length, 3);
            using GuardedMatrix gx = new(x, rows, columns), gdy = new(dy, rows, columns), y = new(rows, columns), log = new(rows, columns), dx = new(rows, columns), dlog = new(rows, columns);
            Softmax.Forward(gx.Tensor, y.Tensor);
            KernelCheck.Equal("softmax", ReferenceSoftmax.Softmax(x, columns), y.Values, 2e-6, 1e-7);
            LogSoftmax.Forward(gx.Tensor, log.Tensor);
            KernelCheck.Equal("log-softmax", ReferenceSoftmax.LogSoftmax(x, columns), log.Values, 2e-6, 2e-6);
            RowFunction<Softmax>.Backward(y.Tensor, gdy.Tensor, dx.Tensor);
            KernelCheck.Equal("softmax backward", ReferenceSoftmax.SoftmaxBackward(x, dy, columns), dx.Values, 1e-5, 2e-6);
            RowFunction<LogSoftmax>.Backward(log.Tensor, gdy.Tensor, dlog.Tensor);
            KernelCheck.Equal("log-softmax backward", ReferenceSoftmax.LogSoftmaxBackward(x, dy, columns), dlog.Values, 1e-5, 1e-5);
            var sums = new double[rows];
            LogSumExp.Rows(gx.Tensor, sums);
            for (var r = 0; r < rows; r++)
                KernelCheck.Equal("log-sum-exp", [ReferenceSoftmax.LogSumExp(x.AsSpan(r * columns, columns))], [(float)sums[r]], 1e-6, 1e-6);
        }
    }

    [Theory, InlineData(0f, false), InlineData(0.1f, false), InlineData(0f, true), InlineData(0.3f, true)]
    public void CrossEntropy_OnAnyShape_EqualsReference(float smoothing, bool weighted)
    {
        foreach (var (rows, columns) in Shapes)
        {
            var x = WithNaN(rows, columns, 1);
            float[] w = weighted ? KernelCheck.Normal(columns, 2).Select(MathF.Abs).ToArray() : [];
            var labels = Enumerable.Range(0, rows).Select(r => r % 3 == 2 ? -1 : r * 31 % columns).ToArray();
            var state = labels.Select(l => new CrossEntropyRow { Label = l, Scale = 1 }).ToArray();
            using GuardedMatrix gx = new(x, rows, columns), gw = new(w, 1, w.Length), dx = new(rows, columns), dy = new([1], 1, 1);
            var (loss, edx) = ReferenceSoftmax.CrossEntropy(x, labels, w, smoothing, columns);
            fixed (CrossEntropyRow* s = state)
            {
                CrossEntropy.Forward(gx.Tensor, s, weighted ? gw.Data : null, smoothing);
                CrossEntropy.Backward(gx.Tensor, s, weighted ? gw.Data : null, smoothing, dy.Data, false, dx.Tensor);
            }
            KernelCheck.Equal("loss", loss, state.Select(s => (float)s.Loss).ToArray(), 2e-6, 1e-6);
            KernelCheck.Equal("dx", edx, dx.Values, 4e-6, 1e-6);
        }
    }

    [Fact]
    public void LaneSums_OfAnyLength_EqualReference()
    {
        foreach (var (rows, columns) in KernelCheck.Shapes)
        {
            float[] a = KernelCheck.Normal(columns, 1), b = KernelCheck.Normal(columns, 2);
            using GuardedMatrix ga = new(a, 1, columns), gb = new(b, 1, columns), y = new(1, 5);
            y.Values[0] = LaneSums.Sum<Simd256, System.Runtime.Intrinsics.Vector256<float>, System.Runtime.Intrinsics.Vector256<int>>(ga.Data, columns);
            y.Values[1] = LaneSums.Dot<SimdScalar, float, int>(ga.Data, gb.Data, columns);
            y.Values[2] = LaneSums.SquaresAbout<SimdScalar, float, int>(ga.Data, 0.5f, columns);
            y.Values[3] = LaneSums.SumAbout<SimdScalar, float, int>(ga.Data, 0.5f, columns);
            y.Values[4] = LaneSums.DotAbout<SimdScalar, float, int>(ga.Data, gb.Data, 0.5f, columns);
            double[] expected = [a.Sum(v => (double)v), ReferenceRows.Dot(a, b), a.Sum(v => (v - 0.5) * (v - 0.5)), a.Sum(v => v - 0.5), a.Select((v, i) => v * (b[i] - 0.5)).Sum()];
            KernelCheck.Equal($"sums of {columns}", expected, y.Values, 2e-6, 2e-6 * Math.Max(columns, 10));
        }
    }

    [Fact]
    public void ColumnSums_OnAnyShape_EqualReference()
    {
        foreach (var (rows, columns) in Shapes)
        {
            float[] dy = WithNaN(rows, columns, 1), x = KernelCheck.Normal(rows * columns, 2), ones = Enumerable.Repeat(1f, rows * columns).ToArray();
            using GuardedMatrix gdy = new(dy, rows, columns), gx = new(x, rows, columns), sum = new(1, columns), products = new(1, columns);
            ColumnSums.Add(gdy.Tensor, sum.Data);
            ColumnSums.AddProducts(gdy.Tensor, gx.Tensor, products.Data);
            KernelCheck.Equal("sums", ReferenceRows.ColumnProducts(dy, ones, columns), sum.Values, 1e-6, 1e-5);
            KernelCheck.Equal("products", ReferenceRows.ColumnProducts(dy, x, columns), products.Values, 1e-6, 2e-5);
        }
    }

    [Fact]
    public void RowCopies_WithRepeats_EqualReference()
    {
        foreach (var (rows, columns) in Shapes)
        {
            var x = KernelCheck.Normal(rows * columns, 1);
            int[] indices = Enumerable.Range(0, 2 * rows + 1).Select(i => i * i % rows).ToArray();
            using GuardedMatrix gx = new(x, rows, columns), y = new(indices.Length, columns), sum = new(rows, columns);
            fixed (int* p = indices)
            {
                RowCopies.Gather(gx.Tensor, p, y.Tensor);
                RowCopies.ScatterAdd(y.Tensor, p, 1, sum.Tensor);
            }
            KernelCheck.Equal("gather", indices.SelectMany(r => x.Skip(r * columns).Take(columns)).Select(v => (double)v).ToArray(), y.Values, 0, 0);
            KernelCheck.Equal("scatter", ReferenceRows.ScatterAdd(y.Values, indices, 1, rows, columns), sum.Values, 2e-6, 1e-5);
        }
    }

    [Fact]
    public void PoolsAndLengths_OnAnyShape_EqualReference()
    {
        foreach (var (rows, columns) in Shapes)
        {
            float[] a = WithNaN(rows, columns, 1), b = KernelCheck.Normal(rows * columns, 2);
            if (rows > 2)
                a.AsSpan(2 * columns, columns).Clear();
            using GuardedMatrix ga = new(a, rows, columns), gb = new(b, rows, columns), y = new(rows, columns), cosine = new(rows, 1), la = new(1, rows), lb = new(1, rows), pooled = new(3, columns);
            RowLengths.Normalise(ga.Tensor, 1e-12f, y.Tensor, la.Data);
            KernelCheck.Equal("normalised", ReferenceRows.L2Normalise(a, columns, 1e-12), y.Values, 2e-6, 1e-7);
            RowLengths.Cosine(ga.Tensor, gb.Tensor, 1e-8f, cosine.Tensor, la.Data, lb.Data);
            KernelCheck.Equal("cosine", ReferenceRows.Cosine(a, b, columns, 1e-8), cosine.Values, 2e-6, 2e-6);
            int[] offsets = [0, rows / 2, rows / 2, rows];
            fixed (int* p = offsets)
                MeanPool.Forward(gb.Tensor, p, pooled.Tensor);
            KernelCheck.Equal("pooled", ReferenceRows.MeanPool(b, [rows / 2, 0, rows - rows / 2], columns), pooled.Values, 2e-6, 2e-6);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Rope_OnOddSizes_EqualsReference(bool interleaved)
    {
        foreach (var (headDim, rotary) in new[] { (2, 2), (5, 4), (6, 6), (34, 34), (64, 64), (80, 32), (128, 128), (130, 66) })
            foreach (var heads in new[] { 1, 3 })
            {
                var settings = new RopeSettings { Base = 10000, RotaryDims = rotary, Interleaved = interleaved };
                using var table = new RopeTable(settings);
                int[] positions = [0, 5, 700];
                var x = KernelCheck.Normal(3 * heads * headDim, 1);
                using GuardedMatrix gx = new(x, 3, heads * headDim), y = new(3, heads * headDim);
                Rope.Apply(gx.Tensor, table, positions, heads, headDim, 1, false, y.Tensor);
                for (var r = 0; r < 3; r++)
                    KernelCheck.Equal("rope", ReferenceRows.Rope(gx.Tensor[r], settings, positions[r], headDim), y.Tensor[r], 1e-6, 1e-6);
            }
    }

    [Fact]
    public void MatrixSums_OfAnyCount_EqualReference()
    {
        var work = stackalloc double[8];
        foreach (var n in new[] { 0, 1, 15, 16, 17, 1023, 1024, 1025, 16383, 16384, 16385, 50001 })
        {
            float[] a = KernelCheck.Normal(n, 1), b = KernelCheck.Normal(n, 2);
            using GuardedMatrix ga = new(a, 1, n), gb = new(b, 1, n);
            Assert.Equal(a.Sum(v => (double)v), MatrixSums.Sum(ga.Data, null, n, work), 1e-3);
            Assert.Equal(a.Select((v, i) => ((double)v - b[i]) * ((double)v - b[i])).Sum(), MatrixSums.Sum(ga.Data, gb.Data, n, work), 1e-6 * (1 + 8.0 * n));
        }
    }
}

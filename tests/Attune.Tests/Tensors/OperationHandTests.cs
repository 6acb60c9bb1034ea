using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using Attune.Tensors.LinearAlgebra;

namespace Attune.Tests.Tensors;

/// <summary>Hand-worked cases and properties of operations over rows, columns, windows and sequences.</summary>
public class OperationHandTests
{
    private static float[] Of(Tensor t) => t.Span.ToArray();

    private static Tensor Counting(Graph g, int rows, int columns) => TestTensors.Constant(g, [.. Enumerable.Range(1, rows * columns).Select(i => (float)i)], rows, columns);

    [Fact]
    public void GatherColumns_HeadByHead_TakesQueriesOutOfAnInterleavedProjection()
    {
        using var g = new Graph(recording: false);
        // Two heads of (q, k, v), one column each.
        var x = Counting(g, 2, 6);
        Assert.Equal([1, 4, 7, 10], Of(g.GatherColumns(x, [new(0, 1), new(3, 1)])));
        Assert.Equal(Of(x), Of(g.ConcatColumns(g.SliceColumns(x, 0, 2), g.SliceColumns(x, 2, 4))));
        Assert.Contains("outside [2, 6]", Assert.Throws<ArgumentException>(() => g.SliceColumns(x, 5, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightedRows_OfTwoExperts_AddsWithWeights()
    {
        using var g = new Graph(recording: false);
        var x = Counting(g, 3, 2);
        var weights = TestTensors.Constant(g, [0.5f, 2, 1, 7], 2, 2);
        // 0.5·(1, 2) + 2·(5, 6); 1·(3, 4), the other counts nothing.
        Assert.Equal([10.5f, 13, 3, 4], Of(g.WeightedRows(x, [0, 2, 1, -1], weights)));
    }

    [Fact]
    public void TopK_OfTies_TakesTheFirst()
    {
        using var g = new Graph(recording: false);
        var x = TestTensors.Constant(g, [1, 3, 3, 2, float.NaN, 0], 2, 3);
        Assert.Equal([3, 3, float.NaN, 2], Of(g.TopK(x, 2, out var columns)));
        Assert.Equal([1, 2, 1, 0], columns);
        Assert.Equal([1, 1], RowOrder.Largest(x));
    }

    [Fact]
    public void CausalConvolution_InTwoHalvesWithItsPast_EqualsTheWhole()
    {
        using var g = new Graph(recording: false);
        var random = new SeededRandom(3);
        Tensor x = TestTensors.Constant(g, TestTensors.Normal(random, 70), 7, 10), w = TestTensors.Constant(g, TestTensors.Normal(random, 30), 10, 3), b = TestTensors.Constant(g, TestTensors.Normal(random, 10), 1, 10);
        var whole = Of(g.CausalConvolution(x, w, b, [7]));
        var second = g.CausalConvolution(x.Slice(4, 3), w, b, [3], x.Slice(2, 2));
        float[] halves = [.. Of(g.CausalConvolution(x.Slice(0, 4), w, b, [4])), .. Of(second)];
        Assert.Equal(whole, halves);
        // y[0] sees x[0] by the last tap only.
        Assert.Equal(MathF.FusedMultiplyAdd(x.Span[0], w.Span[2], b.Span[0]), whole[0]);
    }

    [Fact]
    public void SelectiveScan_InTwoHalvesWithItsState_EqualsTheWhole()
    {
        using var g = new Graph(recording: false);
        var random = new SeededRandom(4);
        Tensor Normal(int rows, int columns) => TestTensors.Constant(g, TestTensors.Normal(random, rows * columns), rows, columns);
        Tensor u = Normal(9, 21), delta = g.Softplus(Normal(9, 21)), a = g.Scale(g.Exp(Normal(21, 4)), -1), b = Normal(9, 4), c = Normal(9, 4), skip = Normal(1, 21);
        var state = g.Persistent.Zeros(21, 4);
        var whole = Of(g.SelectiveScan(u, delta, a, b, c, skip, [9]));
        float[] halves = [.. new[] { (0, 5), (5, 4) }.SelectMany(part => Of(g.SelectiveScan(
            u.Slice(part.Item1, part.Item2), delta.Slice(part.Item1, part.Item2), a, b.Slice(part.Item1, part.Item2), c.Slice(part.Item1, part.Item2), skip, [part.Item2], state)))];
        Assert.Equal(whole, halves);
        // First token: h = Δ·B·u, y = Σ C·h + D·u.
        var expected = skip.Span[0] * (double)u.Span[0] + Enumerable.Range(0, 4).Sum(n => (double)delta.Span[0] * b.Span[n] * u.Span[0] * c.Span[n]);
        Assert.Equal(expected, whole[0], 1e-5);
    }

    [Fact]
    public void SelectiveScan_OfTwoSequences_EqualsEachAlone()
    {
        using var g = new Graph(recording: false);
        var random = new SeededRandom(5);
        Tensor Normal(int rows, int columns) => TestTensors.Constant(g, TestTensors.Normal(random, rows * columns), rows, columns);
        Tensor u = Normal(5, 3), delta = g.Softplus(Normal(5, 3)), a = g.Scale(g.Exp(Normal(3, 2)), -1), b = Normal(5, 2), c = Normal(5, 2);
        float[] Alone(int start, int count) => Of(g.SelectiveScan(u.Slice(start, count), delta.Slice(start, count), a, b.Slice(start, count), c.Slice(start, count), default, [count]));
        Assert.Equal([.. Alone(0, 2), .. Alone(2, 3)], Of(g.SelectiveScan(u, delta, a, b, c, default, [2, 3])));
    }

    [Fact]
    public void Convolution_OfPatches_EqualsTheProductsOfItsWindows()
    {
        using var g = new Graph(recording: false);
        // One image of 2 by 4 pixels and 1 channel, patches of 2 by 2: (1, 2, 5, 6) and (3, 4, 7, 8).
        var x = Counting(g, 8, 1);
        var w = TestTensors.Constant(g, [1, 10, 100, 1000], 1, 4);
        var window = new Window(2, 4, 2, 2) { StrideHeight = 2, StrideWidth = 2 };
        Assert.Equal([6521, 8743], Of(g.Convolution(x, w, default, window)));
        Assert.Equal([3.5f, 5.5f], Of(g.AveragePool2d(x, window)));
        Assert.Equal([6, 8], Of(g.MaxPool2d(x, window)));
        Assert.Throws<ArgumentException>(() => new Window(2, 4, 3, 3).OutHeight);
    }

    [Fact]
    public void Interpolate_OfTwoPixelsToFour_HasHalfPixelCentres()
    {
        using var g = new Graph(recording: false);
        var x = TestTensors.Constant(g, [0, 4], 2, 1);
        Assert.Equal([0, 1, 3, 4], Of(g.Interpolate(x, 1, 2, 1, 4, Resampling.Linear)));
        Assert.Equal([0, 0, 4, 4], Of(g.Interpolate(x, 1, 2, 1, 4, Resampling.Nearest)));
        Assert.Equal([0, 4 / 3f, 8 / 3f, 4], Of(g.Interpolate(x, 1, 2, 1, 4, Resampling.Linear, corners: true)));
    }

    [Fact]
    public void Rearrange_OfThreeAxes_MovesThem()
    {
        using var g = new Graph(recording: false);
        var x = Counting(g, 4, 2);
        var map = ElementMap.Of(2, 2, 2);
        Assert.Equal([1, 5, 3, 7, 2, 6, 4, 8], Of(g.Rearrange(x, map.Permute(2, 1, 0))));
        Assert.Equal([1, 4, 5, 8], Of(g.Rearrange(x, map.Diagonal(1, 2))));
        Assert.Equal([0, 1, 2, 0, 3, 4, 0, 5, 6, 0, 7, 8], Of(g.Rearrange(x, map.Pad(2, 1, 0))));
        Assert.Equal([4, 3, 2, 1], Of(g.Rearrange(x, map.Slice(0, 0, 1).Flip(2).Flip(1))));
        Assert.Throws<ArgumentException>(() => map.Permute(0, 0, 1));
        Assert.Throws<ArgumentException>(() => map.Slice(1, 1, 2));
    }

    [Fact]
    public void Einsum_OfATrace_SumsTheDiagonal()
    {
        using var g = new Graph(recording: false);
        // Σ_i a_ii·b_i.
        Assert.Equal([1 * 1 + 4 * 2f], Of(g.Einsum("ii,i->", Counting(g, 2, 2), [2, 2], Counting(g, 1, 2), [2])));
        Assert.Throws<ArgumentException>(() => g.Einsum("ij,jk", Counting(g, 2, 2), [2, 2], Counting(g, 2, 2), [2, 2]));
    }

    [Fact]
    public void BatchedProduct_OfManyBlocks_EqualsEachAlone()
    {
        using var g = new Graph(recording: false);
        var random = new SeededRandom(6);
        Tensor a = TestTensors.Constant(g, TestTensors.Normal(random, 40 * 3 * 17), 120, 17), b = TestTensors.Constant(g, TestTensors.Normal(random, 40 * 5 * 17), 200, 17);
        var all = Of(g.BatchedProduct(a, b, 40, transposed: true));
        Assert.Equal([.. Enumerable.Range(0, 40).SelectMany(i => Of(g.Product(a.Slice(3 * i, 3), b.Slice(5 * i, 5))))], all);
    }

    [Fact]
    public void RowNorm_OfAZeroRow_HasNoGradient()
    {
        using var g = new Graph(recording: true);
        using var p = TestTensors.Parameter([0, 0, 3, -4], 2, 2);
        var y = g.RowNorm(g.Use(p));
        g.Backward(y);
        Assert.Equal([0, 5], Of(y));
        Assert.Equal([0, 0, 0.6f, -0.8f], Of(p.Gradient));
    }

    [Fact]
    public void MatrixFunctions_OfSmallMatrices_AreThoseByHand()
    {
        using var g = new Graph(recording: false);
        var a = TestTensors.Constant(g, [2, 1, 1, 2], 2, 2);
        Assert.Equal([1, 3], Of(MatrixFunctions.Eigen(a, g.Arena).Values).Select(v => MathF.Round(v, 5)));
        Assert.Equal([3, 1], Of(MatrixFunctions.SingularValues(a, g.Arena).S).Select(v => MathF.Round(v, 5)));
        Assert.Equal(3, g.Determinant(a).Only(), 1e-6f);
        Assert.Equal(MathF.Sqrt(2), MatrixFunctions.Cholesky(a, g.Arena).Span[0], 1e-6f);
        // e^[[0, −t], [t, 0]] turns by t.
        var turn = g.MatrixExponential(TestTensors.Constant(g, [0, -2, 2, 0], 2, 2));
        Assert.Equal([MathF.Cos(2), -MathF.Sin(2), MathF.Sin(2), MathF.Cos(2)], Of(turn), (e, v) => MathF.Abs(e - v) < 1e-6f);
        Assert.Contains("[1, 2]", Assert.Throws<ArgumentException>(() => g.Inverse(Counting(g, 1, 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RealFourier_ThereAndBack_GivesTheRow()
    {
        using var g = new Graph(recording: false);
        foreach (var n in new[] { 1, 2, 7, 12, 31 })
        {
            var x = TestTensors.Constant(g, TestTensors.Normal(new SeededRandom(7), n), 1, n);
            Assert.Equal(Of(x), Of(g.InverseRealFourier(g.RealFourier(x), n)), (e, v) => MathF.Abs(e - v) < 1e-5f);
        }
    }
}

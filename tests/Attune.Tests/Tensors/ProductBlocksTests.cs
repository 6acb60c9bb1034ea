using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

/// <summary>Products large enough to be cut into blocks of every kind: each output is still one ascending chain of fused multiply-adds.</summary>
[Collection(nameof(AttentionThreads))]
public unsafe class ProductBlocksTests
{
    [Theory]
    [InlineData(300, 8, 500)] // rows shared among threads
    [InlineData(300, 90, 500)]
    [InlineData(1030, 170, 130)] // several groups of panels an item
    [InlineData(300, 601, 500)]
    [InlineData(8, 570, 300)]
    public void Product_LargeShapes_IsTheChainOfEveryOutput(int m, int n, int k)
    {
        var random = new SeededRandom(8);
        using var x = TestTensors.Parameter(TestTensors.Normal(random, m * k), m, k);
        using var w = TestTensors.Parameter(TestTensors.Normal(random, n * k), n, k);
        foreach (var threads in (int[])[1, 3])
        {
            var before = ThreadTeam.Threads;
            ThreadTeam.Threads = threads;
            try
            {
                using var graph = new Graph(recording: true);
                x.ClearGradient();
                w.ClearGradient();
                var y = graph.Product(graph.Use(x), graph.Use(w));
                for (var i = 0; i < m; i += 7)
                    for (var j = 0; j < n; j++)
                        Assert.Equal(Chain(k, x.Value.Row(i), 1, w.Value.Row(j), 1), y.Row(i)[j]);
                var dy = graph.Gradient(y);
                TestTensors.Normal(new SeededRandom(9), m * n).CopyTo(dy.Span);
                var kept = dy.Span.ToArray();
                graph.RunBackward();
                fixed (float* d = kept)
                {
                    for (var i = 0; i < m; i += 7)
                        for (var c = 0; c < k; c++)
                            Assert.Equal(Chain(n, d + (long)i * n, 1, w.Value.Data + c, k), x.Gradient.Row(i)[c]);
                    for (var j = 0; j < n; j += 3)
                        for (var c = 0; c < k; c++)
                            Assert.Equal(Chain(m, d + j, n, x.Value.Data + c, k), w.Gradient.Row(j)[c]);
                }
            }
            finally
            {
                ThreadTeam.Threads = before;
            }
        }
    }

    [SkippableTheory]
    [InlineData(150, 90, 260)]
    [InlineData(1030, 170, 300)] // several groups of panels an item
    public void BrainProducts_OfATrainingStep_AreThoseOfRoundedFactorsOnAnyThreads(int m, int n, int k)
    {
        Skip.IfNot(BrainProduct.IsSupported, "this processor has no bfloat16 products");
        var random = new SeededRandom(10);
        using var x = TestTensors.Parameter(Rounded(TestTensors.Normal(random, m * k)), m, k);
        using var w = TestTensors.Parameter(Rounded(TestTensors.Normal(random, n * k)), n, k);
        var upstream = Rounded(TestTensors.Normal(random, m * n));
        float[] Run(bool brain)
        {
            x.ClearGradient();
            w.ClearGradient();
            using var graph = new Graph(recording: true) { BrainProducts = brain };
            var y = graph.Product(graph.Use(x), graph.Use(w));
            upstream.CopyTo(graph.Gradient(y).Span);
            graph.RunBackward();
            return [.. y.Span, .. x.Gradient.Span, .. w.Gradient.Span];
        }

        var exact = Run(brain: false);
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var one = Run(brain: true);
            ThreadTeam.Threads = 3;
            Assert.Equal(one, Run(brain: true));
            // The factors are bfloat16 already, so only the order of sums differs: 2⁻²²·Σ|a·b|, with |a·b| about 0.64 on average.
            for (var i = 0; i < exact.Length; i++)
                Assert.True(Math.Abs(exact[i] - one[i]) <= Math.Pow(2, -22) * 2 * Math.Max(m, Math.Max(n, k)), $"{i}: {one[i]}, expected {exact[i]}");
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [SkippableFact]
    public void BrainProducts_OfMoreOrFewerRows_SameBitsForARow()
    {
        Skip.IfNot(BrainProduct.IsSupported, "this processor has no bfloat16 products");
        const int N = 48, K = 70;
        var random = new SeededRandom(11);
        var input = TestTensors.Normal(random, 32 * K);
        var upstream = TestTensors.Normal(random, 32 * N);
        using var w = TestTensors.Parameter(TestTensors.Normal(random, N * K), N, K);
        (float[] Y, float[] Dx) Run(int rows)
        {
            using var x = TestTensors.Parameter(input[..(rows * K)], rows, K);
            using var graph = new Graph(recording: true) { BrainProducts = true };
            var y = graph.Product(graph.Use(x), graph.Use(w));
            upstream.AsSpan(0, rows * N).CopyTo(graph.Gradient(y).Span);
            graph.RunBackward();
            return (y.Span.ToArray(), x.Gradient.Span.ToArray());
        }

        var (y, dx) = Run(32);
        foreach (var rows in (int[])[1, 31])
        {
            var fewer = Run(rows);
            Assert.Equal(y[..(rows * N)], fewer.Y);
            Assert.Equal(dx[..(rows * K)], fewer.Dx);
        }
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 3)]
    public void BrainProduct_OfNoColumns_IsZeroOrWhatWasThere(bool accumulate, float expected)
    {
        var c = stackalloc float[2 * 20];
        new Span<float>(c, 2 * 20).Fill(3);
        using var memory = new Arena();
        BrainProduct.Multiply(2, 18, 0, null, 0, 1, RowMajorPanels.Over(null, 18, 1, 0), c, 20, accumulate, memory);
        for (var row = 0; row < 2; row++)
            for (var column = 0; column < 20; column++)
                Assert.Equal(column < 18 ? expected : 3, c[row * 20 + column]);
    }

    [Fact]
    public void ReadRows_AnyRows_EqualsReadRow()
    {
        using var matrix = WeightMatrix.Create(40, 24, TestTensors.Normal(new SeededRandom(12), 40 * 24));
        var rows = Enumerable.Range(0, 50).Select(i => i * 7 % 40).ToArray();
        using var memory = new Arena();
        var all = memory.Matrix(50, 24);
        matrix.ReadRows(rows, all);
        var row = new float[24];
        for (var i = 0; i < 50; i++)
        {
            matrix.ReadRow(rows[i], row);
            Assert.Equal(row, all[i].ToArray());
        }
    }

    private static float[] Rounded(float[] values) =>
        [.. values.Select(v => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(v) & 0xffff0000))];

    private static float Chain(int count, float* a, long aStride, float* b, long bStride)
    {
        var sum = 0f;
        for (var i = 0; i < count; i++)
            sum = MathF.FusedMultiplyAdd(a[i * aStride], b[i * bStride], sum);
        return sum;
    }
}

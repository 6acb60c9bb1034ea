using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Gradients of biases, and of what stands beside them, against central differences of the formula in float64.</summary>
[Collection(nameof(AttentionThreads))]
public sealed class AttentionBiasGradientTests
{
    // Self-attention of one and of two tiles; a prefix of 5 keys; fewer queries than keys over a tile's edge.
    private static readonly AttentionRange[] Ranges = [new(0, 3), new(3, 19, 3, 19), new(22, 2, 22, 7), new(24, 4, 30, 18)];

    private const int QueryRows = 28, KeyRows = 50, MostKeys = 19;

    public static TheoryData<string, int, int, int, bool, int, float> Cases
    {
        get
        {
            var data = new TheoryData<string, int, int, int, bool, int, float>();
            foreach (var form in AttentionBiasCase.Forms)
            {
                data.Add(form, 6, 2, 8, true, 0, 0);
                data.Add(form, 3, 3, 20, false, 0, 1.5f);
                data.Add(form, 4, 1, 5, true, 4, 2);
                data.Add(form, 2, 2, 16, false, -5, 0);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Attention_Gradients_EqualCentralDifferences(string form, int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        var shape = new AttentionShape(heads, kvHeads, dim, 0.7f, causal, Math.Abs(window), cap, window < 0);
        var bias = new AttentionBiasCase(form, shape, QueryRows, MostKeys, 4);
        float[][] inputs = [.. Inputs(shape), bias.Values];
        var upstream = AttentionBatch.Normal(new SeededRandom(5), QueryRows * shape.QueryColumns);
        var (y, gradients) = Run(shape, bias, inputs, upstream);
        AttentionBatch.AssertClose(Formula(shape, bias, inputs), y, 3e-6);
        var random = new SeededRandom(6);
        for (var input = 0; input < 4; input++)
            for (var trial = 0; trial < 25; trial++)
            {
                var i = random.Next(inputs[input].Length);
                Assert.Equal(Difference(shape, bias, inputs, upstream, input, i), gradients[input][i], 3e-4);
            }
    }

    [Theory]
    [InlineData("distances")]
    [InlineData("keys")]
    [InlineData("pairs")]
    public void Attention_OneTwoAndFiveThreads_SameBits(string form)
    {
        var shape = new AttentionShape(6, 3, 24, 0.2f, Causal: true);
        var bias = new AttentionBiasCase(form, shape, QueryRows, MostKeys, 4);
        var upstream = AttentionBatch.Normal(new SeededRandom(5), QueryRows * shape.QueryColumns);
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var alone = Run(shape, bias, Inputs(shape), upstream);
            foreach (var threads in (int[])[2, 5])
            {
                ThreadTeam.Threads = threads;
                var shared = Run(shape, bias, Inputs(shape), upstream);
                AttentionBatch.AssertSameBits(alone.Y, shared.Y);
                for (var i = 0; i < 4; i++)
                    AttentionBatch.AssertSameBits(alone.Gradients[i], shared.Gradients[i]);
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public void BucketBias_LaysTheTableOutByDistance_AndSumsItsGradient()
    {
        using var graph = new Graph(recording: true);
        // Three buckets of two heads; distances −2 … 2.
        var table = graph.Track(AttentionBatch.Put(graph, [10, 20, 11, 21, 12, 22], 2));
        var y = graph.BucketBias(table, [1, 1, 0, 2, 2]);
        Assert.Equal([11, 11, 10, 12, 12, 21, 21, 20, 22, 22], y.Span.ToArray());
        float[] upstream = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        upstream.CopyTo(graph.Gradient(y).Span);
        graph.RunBackward();
        Assert.Equal([3, 8, 3, 13, 9, 19], graph.Gradient(table).Span.ToArray());
    }

    [Fact]
    public void Buckets_OfT5_FollowThePaper()
    {
        // 8 buckets both ways, largest distance 16: 0, 1, then logarithms from 2 on; those of keys ahead are 4 more.
        Assert.Equal([3, 3, 3, 2, 2, 2, 2, 1, 0, 5, 6, 6, 6, 6, 7, 7, 7], Enumerable.Range(-8, 17).Select(d => AttentionBuckets.Of(d, 8, 16, bothWays: true)));
        // One way all 8 serve the past: 0 … 3, then 4·(1 + log(d / 4) / log 4).
        Assert.Equal([7, 7, 6, 6, 5, 5, 4, 4, 3, 2, 1, 0, 0, 0], new[] { -40, -12, -11, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 9 }.Select(d => AttentionBuckets.Of(d, 8, 16, bothWays: false)));
        Assert.Equal([1, 0, 3], AttentionBuckets.Around(2, 4, 8, bothWays: true));
    }

    [Fact]
    public void AlibiSlopes_OfThePaper_Interleave()
    {
        Assert.Equal([1 / 2f, 1 / 4f, 1 / 8f, 1 / 16f, 1 / 32f, 1 / 64f, 1 / 128f, 1 / 256f], AttentionAlibi.Slopes(8));
        Assert.Equal([1 / 16f, 1 / 256f, 1 / 4f], AttentionAlibi.Slopes(3));
    }

    private static (float[] Y, float[][] Gradients) Run(AttentionShape shape, AttentionBiasCase bias, float[][] inputs, float[] upstream)
    {
        int[] columns = [shape.QueryColumns, shape.KeyColumns, shape.KeyColumns, bias.Columns];
        float[][] all = inputs.Length == 4 ? inputs : [.. inputs, bias.Values];
        using var graph = new Graph(recording: true);
        var t = all.Select((x, i) => graph.Track(AttentionBatch.Put(graph, x, columns[i]))).ToArray();
        var y = graph.Attention(t[0], t[1], t[2], shape, Ranges, bias.Of(t[3]));
        upstream.CopyTo(graph.Gradient(y).Span);
        graph.RunBackward();
        return (y.Span.ToArray(), t.Select(x => graph.Gradient(x).Span.ToArray()).ToArray());
    }

    private static double[] Formula(AttentionShape shape, AttentionBiasCase bias, float[][] inputs) =>
        AttentionReference.Forward(shape, Ranges, inputs[0], inputs[1], inputs[2], (row, head, position, key) =>
            shape.Visible(position, int.MaxValue) is var (low, high) && key >= low && key < high ? bias.Formula(row, head, position, key) : 0);

    private static double Difference(AttentionShape shape, AttentionBiasCase bias, float[][] inputs, float[] upstream, int input, int i)
    {
        const float Step = 1f / 1024;
        var x = inputs[input];
        var at = x[i];
        double Loss(float value)
        {
            x[i] = value;
            return Formula(shape, bias, inputs).Zip(upstream, (y, g) => y * g).Sum();
        }
        var (up, down) = (at + Step, at - Step);
        var difference = (Loss(up) - Loss(down)) / ((double)up - down);
        x[i] = at;
        return difference;
    }

    private static float[][] Inputs(AttentionShape shape)
    {
        var random = new SeededRandom((ulong)shape.HeadDim);
        return [AttentionBatch.Normal(random, QueryRows * shape.QueryColumns), AttentionBatch.Normal(random, KeyRows * shape.KeyColumns), AttentionBatch.Normal(random, KeyRows * shape.KeyColumns)];
    }
}

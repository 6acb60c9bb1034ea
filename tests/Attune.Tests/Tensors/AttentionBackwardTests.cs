using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Gradients of attention against central differences of the formula in float64.</summary>
public sealed class AttentionBackwardTests
{
    // Self-attention of one and of two tiles; a prefix of 5 keys; fewer queries than keys over a tile's edge.
    private static readonly AttentionRange[] Ranges = [new(0, 3), new(3, 19, 3, 19), new(22, 2, 22, 7), new(24, 4, 30, 18)];

    private const int QueryRows = 28, KeyRows = 50;

    /// <summary>A negative window reaches both ways.</summary>
    public static TheoryData<int, int, int, bool, int, float> ShapesToTry => new()
    {
        { 6, 2, 8, true, 0, 0 },
        { 4, 4, 20, false, 0, 0 },
        { 3, 1, 16, true, 4, 0 },
        { 2, 2, 5, true, 0, 1.5f },
        { 14, 1, 4, false, 6, 2 },
        { 2, 1, 12, false, -4, 0 },
    };

    [Theory]
    [MemberData(nameof(ShapesToTry))]
    public void Attention_Gradients_EqualCentralDifferences(int heads, int kvHeads, int dim, bool causal, int window, float cap)
    {
        var shape = new AttentionShape(heads, kvHeads, dim, 0.7f, causal, Math.Abs(window), cap, window < 0);
        var inputs = Inputs(shape);
        var upstream = AttentionBatch.Normal(new SeededRandom(5), QueryRows * shape.QueryColumns);
        var (y, gradients) = Run(shape, Ranges, inputs, upstream, [true, true, true]);
        AttentionBatch.AssertClose(AttentionReference.Forward(shape, Ranges, inputs[0], inputs[1], inputs[2]), y, 3e-6);
        var random = new SeededRandom(6);
        for (var input = 0; input < 3; input++)
            for (var trial = 0; trial < 40; trial++)
            {
                var i = random.Next(inputs[input].Length);
                Assert.Equal(Difference(shape, inputs, upstream, input, i), gradients[input]![i], 2e-4);
            }
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    public void Attention_SomeGradientsWanted_SameBitsAsAll(bool wantQ, bool wantK, bool wantV)
    {
        var shape = new AttentionShape(6, 2, 24, 0.2f, Causal: true);
        var inputs = Inputs(shape);
        var upstream = AttentionBatch.Normal(new SeededRandom(5), QueryRows * shape.QueryColumns);
        var (_, all) = Run(shape, Ranges, inputs, upstream, [true, true, true]);
        bool[] wanted = [wantQ, wantK, wantV];
        var (_, some) = Run(shape, Ranges, inputs, upstream, wanted);
        for (var i = 0; i < 3; i++)
            if (wanted[i])
                AttentionBatch.AssertSameBits(all[i]!, some[i]!);
            else
                Assert.Null(some[i]);
    }

    [Fact]
    public void Attention_KeysOutsideEveryRange_GetNoGradient()
    {
        var shape = new AttentionShape(2, 1, 16, 0.2f, Causal: true);
        var inputs = Inputs(shape);
        var (_, gradients) = Run(shape, Ranges, inputs, AttentionBatch.Normal(new SeededRandom(5), QueryRows * shape.QueryColumns), [true, true, true]);
        Assert.All(gradients[1]![(29 * 16)..(30 * 16)], g => Assert.Equal(0, g));
        Assert.All(gradients[2]![(48 * 16)..], g => Assert.Equal(0, g));
    }

    [Fact]
    public void Attention_OverlappingRanges_SaysSo()
    {
        var shape = new AttentionShape(1, 1, 4, 1, Causal: true);
        using var graph = new Graph(recording: false);
        var x = graph.Persistent.Zeros(4, 4);
        var e = Assert.Throws<ArgumentException>(() => { graph.Attention(x, x, x, shape, [new(0, 3), new(2, 2)]); });
        Assert.Contains("without overlap", e.Message, StringComparison.Ordinal);
    }

    /// <summary>The output, and the gradients of q, k and v (null where not wanted); pairs is a bias of each row of q, head and key.</summary>
    internal static (float[] Y, float[]?[] Gradients) Run(AttentionShape shape, AttentionRange[] ranges, float[][] inputs, float[] upstream, bool[] wanted, float[]? pairs = null)
    {
        int[] columns = [shape.QueryColumns, shape.KeyColumns, shape.KeyColumns];
        using var graph = new Graph(recording: true);
        var tensors = new Tensor[3];
        for (var i = 0; i < 3; i++)
        {
            var t = AttentionBatch.Put(graph, inputs[i], columns[i]);
            tensors[i] = wanted[i] ? graph.Track(t) : t;
        }
        var y = graph.Attention(tensors[0], tensors[1], tensors[2], shape, ranges, pairs is null ? default : AttentionBias.OfPairs(AttentionBatch.Put(graph, pairs, pairs.Length / tensors[0].Rows), shape.Heads));
        upstream.CopyTo(graph.Gradient(y).Span);
        graph.RunBackward();
        return (y.Span.ToArray(), tensors.Select(t => t.Node == 0 ? null : graph.Gradient(t).Span.ToArray()).ToArray());
    }

    private static float[][] Inputs(AttentionShape shape)
    {
        var random = new SeededRandom((ulong)shape.HeadDim);
        return [AttentionBatch.Normal(random, QueryRows * shape.QueryColumns), AttentionBatch.Normal(random, KeyRows * shape.KeyColumns), AttentionBatch.Normal(random, KeyRows * shape.KeyColumns)];
    }

    private static double Difference(AttentionShape shape, float[][] inputs, float[] upstream, int input, int i)
    {
        const float Step = 1f / 1024;
        var moved = inputs.Select(x => (float[])x.Clone()).ToArray();
        double Loss(float at)
        {
            moved[input][i] = at;
            return AttentionReference.Forward(shape, Ranges, moved[0], moved[1], moved[2]).Zip(upstream, (y, g) => y * g).Sum();
        }
        var (up, down) = (inputs[input][i] + Step, inputs[input][i] - Step);
        return (Loss(up) - Loss(down)) / ((double)up - down);
    }
}

using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Queries over the keys of other sequences: more and fewer than they, with and without pages.</summary>
public sealed unsafe class AttentionCrossTests
{
    private static readonly AttentionRange[] Ranges = [new(0, 5, 0, 2), new(5, 1, 2, 33), new(6, 40, 35, 16)];

    private const int Queries = 46, Keys = 51;

    [Theory]
    [InlineData(4, 2, 24, 0f)]
    [InlineData(3, 3, 64, 5f)]
    public void Attention_OverOtherSequences_EqualsFormula(int heads, int kvHeads, int dim, float cap)
    {
        var shape = new AttentionShape(heads, kvHeads, dim, 0.3f, Causal: false, 0, cap);
        var inputs = Inputs(shape);
        using var graph = new Graph(recording: false);
        var y = graph.Attention(AttentionBatch.Put(graph, inputs[0], shape.QueryColumns), AttentionBatch.Put(graph, inputs[1], shape.KeyColumns), AttentionBatch.Put(graph, inputs[2], shape.KeyColumns), shape, Ranges).Span.ToArray();
        AttentionBatch.AssertClose(AttentionReference.Forward(shape, Ranges, inputs[0], inputs[1], inputs[2]), y, 3e-6);
        // The keys of each sequence once into pages, then one query after another over them.
        var pages = Pages(graph, shape, inputs);
        for (var r = 0; r < Ranges.Length; r++)
            for (var i = 0; i < Ranges[r].QueryCount; i++)
            {
                var row = Ranges[r].QueryStart + i;
                var q = AttentionBatch.Put(graph, inputs[0].AsSpan(row * shape.QueryColumns, shape.QueryColumns).ToArray(), shape.QueryColumns);
                var one = graph.CachedAttention(q, shape, [new AttentionSegment { QueryStart = 0, QueryCount = 1, Past = Ranges[r].KeyCount - 1, Pages = pages[r] }]);
                AttentionBatch.AssertSameBits(y.AsSpan(row * shape.QueryColumns, shape.QueryColumns).ToArray(), one.Span.ToArray());
            }
        var segments = Ranges.Select((range, i) => new AttentionSegment { QueryStart = range.QueryStart, QueryCount = range.QueryCount, Past = range.KeyCount - range.QueryCount, Pages = pages[i] }).ToArray();
        AttentionBatch.AssertSameBits(y, graph.CachedAttention(AttentionBatch.Put(graph, inputs[0], shape.QueryColumns), shape, segments).Span.ToArray());
    }

    [Fact]
    public void CachedAttention_MoreQueriesThanKeysUnderACausalMask_SaysSo()
    {
        using var graph = new Graph(recording: false);
        var q = graph.Persistent.Zeros(3, 4);
        var e = Assert.Throws<ArgumentException>(() => { graph.CachedAttention(q, new AttentionShape(1, 1, 4, 1, Causal: true), [new AttentionSegment { QueryCount = 3, Past = -1 }]); });
        Assert.Contains("3 queries over 2 keys", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_MoreQueriesThanKeys_GradientsEqualCentralDifferences()
    {
        var shape = new AttentionShape(2, 1, 12, 0.3f, Causal: false);
        var inputs = Inputs(shape);
        var upstream = AttentionBatch.Normal(new SeededRandom(5), Queries * shape.QueryColumns);
        var (_, gradients) = AttentionBackwardTests.Run(shape, Ranges, inputs, upstream, [true, true, true]);
        var random = new SeededRandom(6);
        for (var input = 0; input < 3; input++)
            for (var trial = 0; trial < 30; trial++)
            {
                var i = random.Next(inputs[input].Length);
                Assert.Equal(Difference(shape, inputs, upstream, input, i), gradients[input]![i], 2e-4);
            }
    }

    private static float**[] Pages(Graph graph, AttentionShape shape, float[][] inputs)
    {
        var pages = new float**[Ranges.Length];
        var segments = new AttentionSegment[Ranges.Length];
        for (var r = 0; r < Ranges.Length; r++)
        {
            var count = AttentionTile.Pages(Ranges[r].KeyCount);
            pages[r] = (float**)graph.Persistent.Take(count * sizeof(float*));
            for (var t = 0; t < count; t++)
                new Span<float>(pages[r][t] = graph.Persistent.Floats(shape.PageFloats), shape.PageFloats).Fill(float.NaN);
            segments[r] = new AttentionSegment { QueryStart = Ranges[r].KeyStart, QueryCount = Ranges[r].KeyCount, Pages = pages[r] };
        }
        AttentionTile.Append(shape, segments, AttentionBatch.Put(graph, inputs[1], shape.KeyColumns), AttentionBatch.Put(graph, inputs[2], shape.KeyColumns));
        return pages;
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

    private static float[][] Inputs(AttentionShape shape)
    {
        var random = new SeededRandom((ulong)shape.HeadDim);
        return [AttentionBatch.Normal(random, Queries * shape.QueryColumns), AttentionBatch.Normal(random, Keys * shape.KeyColumns), AttentionBatch.Normal(random, Keys * shape.KeyColumns)];
    }
}

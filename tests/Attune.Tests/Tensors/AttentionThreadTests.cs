using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Tests that set the number of threads, which all share: none runs beside them.</summary>
[CollectionDefinition(nameof(AttentionThreads), DisableParallelization = true)]
public sealed class AttentionThreads;

[Collection(nameof(AttentionThreads))]
public sealed class AttentionThreadTests
{
    [Fact]
    public void Attention_OneTwoAndFiveThreads_SameBits()
    {
        var shape = new AttentionShape(9, 3, 64, 0.125f, Causal: true);
        using var batch = new AttentionBatch(shape, [33, 7, 64, 1], 3);
        var upstream = AttentionBatch.Normal(new SeededRandom(5), batch.Q.Length);
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var alone = batch.All();
            var (y, gradients) = AttentionBackwardTests.Run(shape, batch.Ranges, [batch.Q, batch.K, batch.V], upstream, [true, true, true]);
            foreach (var threads in (int[])[2, 5])
            {
                ThreadTeam.Threads = threads;
                batch.Poison();
                AttentionBatch.AssertSameBits(alone, batch.All());
                var (y2, gradients2) = AttentionBackwardTests.Run(shape, batch.Ranges, [batch.Q, batch.K, batch.V], upstream, [true, true, true]);
                AttentionBatch.AssertSameBits(y, y2);
                for (var i = 0; i < 3; i++)
                    AttentionBatch.AssertSameBits(gradients[i]!, gradients2[i]!);
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Theory]
    [InlineData(9, 3, 64, 0, 0)]
    [InlineData(4, 2, 40, 0, 0)]
    [InlineData(6, 2, 80, 301, 4)]
    public void Cached_OneQueryBehindHundreds_SameBitsAsAllAtOnceOnAnyThreads(int heads, int kvHeads, int dim, int window, float cap)
    {
        // Long enough that one query's scores and outputs are shared out.
        var shape = new AttentionShape(heads, kvHeads, dim, 1 / MathF.Sqrt(dim), Causal: true, window, cap);
        using var batch = new AttentionBatch(shape, [1, 1100], 7);
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var all = batch.All();
            foreach (var threads in (int[])[1, 2, 5])
            {
                ThreadTeam.Threads = threads;
                AttentionBatch.AssertSameBits(all, batch.All());
                foreach (var past in (int[])[1007, 1023, 1099])
                    AttentionBatch.AssertSameBits(batch.Part(all, 1, past, 1), batch.Cached((1, past, 1)));
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public unsafe void Cached_AfterWarmUp_AllocatesNothingForAToken()
    {
        var shape = new AttentionShape(9, 3, 64, 0.125f, Causal: true);
        using var batch = new AttentionBatch(shape, [1, 1200], 8);
        batch.All();
        using var graph = new Graph(recording: false);
        var q = AttentionBatch.Put(graph, batch.Q[..576], 576);
        var k = AttentionBatch.Put(graph, batch.K[..192], 192);
        var segments = new AttentionSegment[] { batch.Segment(1, 3, 1, 0), batch.Segment(1, 300, 1, 0), batch.Segment(1, 1100, 1, 0) };
        Decode(20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Decode(50);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Decode(int times)
        {
            for (var i = 0; i < times; i++)
                for (var s = 0; s < segments.Length; s++)
                {
                    graph.BeginLayer();
                    graph.CachedAttention(q, k, k, shape, segments.AsSpan(s, 1));
                }
        }
    }
}

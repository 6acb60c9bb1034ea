using Attune.Tensors;
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
}

using Attune.Tensors;

namespace Attune.Tests.Tensors;

[Collection(MemoryLimitCollection.Name)]
public sealed class EngineMemoryTests
{
    [Fact]
    public void Buffer_AboveTheLimit_SaysWhatWasNeededAndTheLimit()
    {
        var held = EngineMemory.CurrentBytes;
        var e = MemoryLimitCollection.Within(1 << 20, () => Assert.Throws<MemoryLimitException>(() => new NativeBuffer(3 << 20)));
        Assert.Equal((held + (3 << 20), held + (1 << 20)), (e.NeededBytes, e.LimitBytes));
        Assert.Equal(AttuneErrorKind.Work, e.Kind);
        Assert.Contains("--limit-memory", e.Message, StringComparison.Ordinal);
        Assert.Equal(held, EngineMemory.CurrentBytes);
    }

    [Fact]
    public void Buffer_AboveTheLimit_TakesWhatACacheGivesUp()
    {
        var cache = new Cache();
        for (var i = 0; i < 4; i++)
            cache.Held.Push(new NativeBuffer(1 << 20));
        EngineMemory.Register(cache);
        // One MiB is free, three are needed: two of the cache's four go, and no more.
        MemoryLimitCollection.Within(1 << 20, () =>
        {
            using var buffer = new NativeBuffer(3 << 20);
            return 0;
        });
        Assert.Equal(2, cache.Held.Count);
        foreach (var buffer in cache.Held)
            buffer.Dispose();
    }

    [Fact]
    public void Require_MoreThanTheLimit_NamesWhatItIsFor()
    {
        var e = MemoryLimitCollection.Within(1000, () => Assert.Throws<MemoryLimitException>(() => EngineMemory.Require(2000, "for the weights of 'x'")));
        Assert.Contains("for the weights of 'x'", e.Message, StringComparison.Ordinal);
        MemoryLimitCollection.Within(2000, () =>
        {
            EngineMemory.Require(2000, "for nothing");
            return 0;
        });
    }

    [Fact]
    public void Arena_NearTheLimit_TakesOnlyWhatIsNeeded()
    {
        // A fresh arena would take 1 MiB for 1,000 bytes.
        MemoryLimitCollection.Within(5_000, () =>
        {
            using var arena = new Arena();
            for (var i = 0; i < 4; i++)
                unsafe
                {
                    arena.Take(1_000)[999] = 1;
                }
            return 0;
        });
    }

    [Fact]
    public unsafe void Scratch_AfterOneThatDidNotFit_ServesASmallOne()
    {
        ThreadTeam.Scratch(-1, 1000)[999] = 1;
        MemoryLimitCollection.Within(1 << 20, () => Assert.Throws<MemoryLimitException>(() => { ThreadTeam.Scratch(-1, 1L << 40); }));
        ThreadTeam.Scratch(-1, 1000)[999] = 1;
    }

    private sealed class Cache : IMemoryReserve
    {
        public Stack<NativeBuffer> Held { get; } = [];

        public long GiveUp(long bytes)
        {
            var given = 0L;
            while (given < bytes && Held.TryPop(out var buffer))
            {
                given += buffer.Bytes;
                buffer.Dispose();
            }
            return given;
        }
    }
}

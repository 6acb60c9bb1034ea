using Attune.Tensors;

namespace Attune.Tests.Tensors.Memory;

public unsafe class StepMemoryTests
{
    [Fact]
    public void Take_AfterGive_ReusesTheMemory()
    {
        using var memory = new StepMemory();
        var a = memory.TakeOwned(1000);
        var b = memory.TakeOwned(5000);
        memory.Give(a);
        Assert.True(memory.TakeOwned(1000) == a);
        memory.Give(b);
        Assert.True(memory.TakeOwned(5000) == b);
    }

    [Fact]
    public void Give_OfNeighbours_MakesOneBlock()
    {
        using var memory = new StepMemory();
        var parts = new nint[8];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = (nint)memory.TakeOwned(64 << 10);
        foreach (var i in (int[])[1, 3, 2, 6, 5, 4])
            memory.Give((void*)parts[i]);
        Assert.True(memory.TakeOwned(6 * (64 << 10)) == (void*)parts[1]);
    }

    [Fact]
    public void BeginLayer_Twice_FreesWhatIsNotKept()
    {
        using var memory = new StepMemory();
        var passing = memory.Take(4096);
        var kept = memory.Take(4096);
        memory.Keep(kept + 100);
        memory.BeginLayer();
        Assert.Equal(8192, memory.UsedBytes);
        memory.BeginLayer();
        Assert.Equal(4096, memory.UsedBytes);
        Assert.True(memory.Take(4096) == passing);
        memory.Reset();
        Assert.Equal(0, memory.UsedBytes);
    }

    [Fact]
    public void RandomUse_NeverHandsOutTheSameBytesTwice()
    {
        using var memory = new StepMemory();
        var random = new SeededRandom(3);
        var live = new List<(nint Start, int Bytes, byte Mark)>();
        for (var i = 0; i < 3000; i++)
        {
            if (live.Count > 0 && random.Next(5) < 2)
            {
                var at = random.Next(live.Count);
                Check(live[at]);
                memory.Give((void*)live[at].Start);
                live.RemoveAt(at);
                continue;
            }
            var bytes = 1 + random.Next(random.Next(10) == 0 ? 500_000 : 3000);
            var block = ((nint)memory.TakeOwned(bytes), bytes, (byte)i);
            Assert.Equal(0, block.Item1 % 64);
            new Span<byte>((void*)block.Item1, bytes).Fill((byte)i);
            live.Add(block);
        }
        live.ForEach(Check);
        memory.Reset();
        Assert.Equal(0, memory.UsedBytes);
    }

    private static void Check((nint Start, int Bytes, byte Mark) block) =>
        Assert.False(new ReadOnlySpan<byte>((void*)block.Start, block.Bytes).ContainsAnyExcept(block.Mark));
}

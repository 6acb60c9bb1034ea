using Attune.Models.Generation;

namespace Attune.Tests.Models.Generation;

public sealed class StateCacheTests
{
    [Fact]
    public unsafe void Find_LongestKeptBegin_GoesOnFromItsState()
    {
        using var cache = new StateCache(4, 1 << 20);
        foreach (var length in new[] { 1, 3, 5 })
            Insert(cache, [.. Enumerable.Range(10, length)], length);
        using var found = (StateSequence)cache.Find("", [10, 11, 12, 13, 99], 4);
        Assert.Equal((3, 3f), (found.Length, found.Data[0]));
        using var none = (StateSequence)cache.Find("", [11, 12], 2);
        Assert.Equal((0, 0f), (none.Length, none.Data[0]));
        using var other = (StateSequence)cache.Find("adaptation", [10, 11, 12], 3);
        Assert.Equal(0, other.Length);
    }

    [Fact]
    public void Insert_BeyondTheLimit_GivesUpWhatWasUsedLongestAgo()
    {
        // Room for two states of 4 floats.
        using var cache = new StateCache(4, 2 * 4 * sizeof(float));
        Insert(cache, [1], 1);
        Insert(cache, [2], 2);
        cache.Find("", [1], 1).Dispose();
        Insert(cache, [3], 3);
        Assert.Equal([1, 0, 1], new[] { 1, 2, 3 }.Select(t =>
        {
            using var found = cache.Find("", [t], 1);
            return found.Length;
        }));
        Assert.Equal(2 * 4 * sizeof(float), cache.GiveUp(long.MaxValue));
    }

    [Fact]
    public unsafe void Fork_ThenChanged_LeavesTheOther()
    {
        using var first = new StateSequence(2);
        first.Data[1] = 7;
        using var second = (StateSequence)first.Fork();
        second.Data[1] = 8;
        Assert.Equal((7f, 8f), (first.Data[1], second.Data[1]));
    }

    private static unsafe void Insert(StateCache cache, int[] tokens, float value)
    {
        using var sequence = (StateSequence)cache.Begin();
        sequence.Data[0] = value;
        sequence.Advance(tokens.Length);
        cache.Insert("", tokens, sequence);
    }
}

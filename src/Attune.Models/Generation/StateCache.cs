using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>
/// States of recurrent models, kept where sequences ended or parted. A state stands for all tokens before it and cannot be cut, so a new sequence goes
/// on from the longest kept one that it begins with. What was used longest ago goes first.
/// </summary>
internal sealed class StateCache : SequenceCache, IMemoryReserve
{
    private readonly Dictionary<string, List<Kept>> kept = [];
    private readonly Lock gate = new();
    private readonly int floats;
    private readonly int limit;
    private long clock;
    private int count;

    /// <param name="floats">Of a state.</param>
    public StateCache(int floats, long limitBytes)
    {
        this.floats = floats;
        limit = (int)Math.Clamp(limitBytes / StateBytes, 1, 1 << 20);
        EngineMemory.Register(this);
    }

    /// <summary>A state counts as a page.</summary>
    public override int Capacity => limit;

    private long StateBytes => Math.Max(1, (long)floats * sizeof(float));

    public override CachedSequence Begin() => new StateSequence(floats);

    public override CachedSequence Find(string stateKey, ReadOnlySpan<int> tokens, int limit)
    {
        Kept? best = null;
        if (kept.TryGetValue(stateKey, out var list))
            foreach (var k in list)
                if (k.Tokens.Length <= limit && k.Tokens.Length > (best?.Tokens.Length ?? 0) && tokens.StartsWith(k.Tokens))
                    best = k;
        if (best is null)
            return Begin();
        best.LastUse = ++clock;
        // Making the copy may ask this cache for memory.
        best.IsInUse = true;
        try
        {
            return best.State.Fork();
        }
        finally
        {
            best.IsInUse = false;
        }
    }

    public override void Insert(string stateKey, ReadOnlySpan<int> tokens, CachedSequence sequence)
    {
        if (sequence.Length != tokens.Length)
            throw new InvalidOperationException($"a state behind {sequence.Length} tokens cannot stand for {tokens.Length}");
        if (!kept.TryGetValue(stateKey, out var list))
            kept[stateKey] = list = [];
        foreach (var k in list)
            if (tokens.SequenceEqual(k.Tokens))
            {
                k.LastUse = ++clock;
                return;
            }
        if (count >= limit && !EvictOne())
            return;
        list.Add(new Kept(tokens.ToArray(), (StateSequence)sequence.Fork()) { LastUse = ++clock });
        count++;
    }

    public override void Forget(string stateKey)
    {
        if (!kept.Remove(stateKey, out var list))
            return;
        foreach (var k in list)
            k.State.Dispose();
        count -= list.Count;
    }

    /// <inheritdoc cref="IMemoryReserve.GiveUp"/>
    public override long GiveUp(long bytes)
    {
        // Another thread may be at work here.
        if (!gate.TryEnter())
            return 0;
        try
        {
            long given = 0;
            while (given < bytes && EvictOne())
                given += StateBytes;
            return given;
        }
        finally
        {
            gate.Exit();
        }
    }

    public override void Trim()
    {
    }

    public override Lock.Scope Enter() => gate.EnterScope();

    public override void Dispose()
    {
        foreach (var key in kept.Keys.ToArray())
            Forget(key);
    }

    private bool EvictOne()
    {
        var oldest = kept.Values.SelectMany(l => l).Where(k => !k.IsInUse).MinBy(k => k.LastUse);
        if (oldest is null)
            return false;
        foreach (var list in kept.Values)
            list.Remove(oldest);
        oldest.State.Dispose();
        count--;
        return true;
    }

    private sealed record Kept(int[] Tokens, StateSequence State)
    {
        public long LastUse { get; set; }

        public bool IsInUse { get; set; }
    }
}

namespace Attune.Models.Generation;

/// <summary>
/// What an encoder read, as keys and values for the decoder, by interventions and whole prompt: every token of a prompt sees the others, so two prompts
/// share nothing. What was used longest ago goes first when memory is short; what is in use stays.
/// </summary>
internal sealed class SourceCache(KvPagePool pool) : IDisposable
{
    private readonly Dictionary<string, Dictionary<int[], Entry>> entries = new(StringComparer.Ordinal);
    private long clock;

    /// <summary>The entry of a prompt, empty where it is new; in use until it is let go.</summary>
    public Entry Use(string stateKey, int[] prompt)
    {
        if (!entries.TryGetValue(stateKey, out var prompts))
            entries[stateKey] = prompts = new(TokenComparer.Instance);
        if (!prompts.TryGetValue(prompt, out var entry))
            prompts[prompt] = entry = new Entry(stateKey, prompt, new PagedSequence(pool));
        entry.Users++;
        entry.LastUse = ++clock;
        return entry;
    }

    /// <summary>Lets an entry go; one that stayed empty is forgotten.</summary>
    public void Release(Entry entry)
    {
        entry.Users--;
        if (entry is { Users: 0, IsEmpty: true })
            Remove(entry);
    }

    /// <summary>Gives up the entry used longest ago; false if all are in use.</summary>
    public bool EvictOne()
    {
        var oldest = entries.Values.SelectMany(p => p.Values).Where(e => e.Users == 0).MinBy(e => e.LastUse);
        if (oldest is null)
            return false;
        Remove(oldest);
        return true;
    }

    public void Forget(string stateKey)
    {
        if (!entries.Remove(stateKey, out var prompts))
            return;
        foreach (var entry in prompts.Values)
            entry.Sequence.Dispose();
    }

    public void Dispose()
    {
        foreach (var key in entries.Keys.ToArray())
            Forget(key);
    }

    private void Remove(Entry entry)
    {
        entries[entry.StateKey].Remove(entry.Prompt);
        entry.Sequence.Dispose();
    }

    internal sealed class Entry(string stateKey, int[] prompt, PagedSequence sequence)
    {
        public string StateKey { get; } = stateKey;
        public int[] Prompt { get; } = prompt;

        /// <summary>Keys and values of the prompt, layer by layer of the decoder.</summary>
        public PagedSequence Sequence { get; } = sequence;

        public int Users { get; set; }
        public long LastUse { get; set; }
        public bool IsEmpty => Sequence.Length == 0;
    }

    private sealed class TokenComparer : IEqualityComparer<int[]>
    {
        public static readonly TokenComparer Instance = new();

        public bool Equals(int[]? a, int[]? b) => a.AsSpan().SequenceEqual(b);

        public int GetHashCode(int[] tokens)
        {
            var hash = new HashCode();
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tokens.AsSpan()));
            return hash.ToHashCode();
        }
    }
}

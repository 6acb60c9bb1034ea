namespace Attune.Models.Generation;

/// <summary>
/// The cached keys and values of one sequence: pages of 16 tokens, whole ones shared with other sequences, the last one its own
/// as soon as it writes there.
/// </summary>
public sealed unsafe class CachedSequence : IDisposable
{
    private readonly KvPagePool pool;
    private readonly List<KvPage> pages = [];

    internal CachedSequence(KvPagePool pool) => this.pool = pool;

    /// <summary>Tokens cached.</summary>
    public int Length { get; private set; }

    internal IReadOnlyList<KvPage> Pages => pages;

    /// <summary>The keys and values of what an encoder read, to which the decoder of this sequence attends; null in models without an encoder. Not its own.</summary>
    public CachedSequence? Source { get; init; }

    /// <summary>A sequence that goes on from this one: whole pages are shared, the begun one is copied.</summary>
    public CachedSequence Fork()
    {
        var fork = new CachedSequence(pool) { Source = Source };
        var whole = Length / KvLayout.PageTokens;
        for (var i = 0; i < whole; i++)
            fork.AppendShared(pages[i]);
        if (Length % KvLayout.PageTokens is var rest and > 0)
            fork.AppendCopyOrDispose(pages[whole], rest);
        return fork;
    }

    /// <summary>Makes room for <paramref name="tokens"/> more, whose keys and values are then written by the forward pass.</summary>
    public void Reserve(int tokens)
    {
        var need = (Length + tokens + KvLayout.PageTokens - 1) / KvLayout.PageTokens;
        while (pages.Count < need)
            pages.Add(pool.Rent());
    }

    /// <summary>Says that <paramref name="tokens"/> more have been written in every layer.</summary>
    public void Advance(int tokens) => Length += tokens;

    public void Dispose()
    {
        foreach (var page in pages)
            pool.Release(page);
        pages.Clear();
        Length = 0;
    }

    /// <summary>Appends a whole page of somebody else's.</summary>
    internal void AppendShared(KvPage page)
    {
        KvPagePool.Share(page);
        pages.Add(page);
        Length += KvLayout.PageTokens;
    }

    /// <summary>
    /// Appends a page of its own with the first <paramref name="tokens"/> tokens of another. If there is no page to be had, the sequence gives up what it holds.
    /// </summary>
    internal void AppendCopyOrDispose(KvPage page, int tokens)
    {
        try
        {
            // Held while renting, which may evict.
            KvPagePool.Share(page);
            var own = pool.Rent();
            own.CopyFrom(page, tokens);
            pages.Add(own);
            Length += tokens;
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            pool.Release(page);
        }
    }
}

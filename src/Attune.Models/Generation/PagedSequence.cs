namespace Attune.Models.Generation;

/// <summary>
/// The cached keys and values of one sequence: pages of 16 tokens, whole ones shared with other sequences, the last one its own
/// as soon as it writes there.
/// </summary>
internal sealed class PagedSequence : CachedSequence
{
    private readonly KvPagePool pool;
    private readonly List<KvPage> pages = [];

    public PagedSequence(KvPagePool pool) => this.pool = pool;

    public IReadOnlyList<KvPage> Pages => pages;

    /// <summary>Whole pages are shared, the begun one is copied.</summary>
    public override CachedSequence Fork()
    {
        var fork = new PagedSequence(pool) { Source = Source };
        var whole = Length / KvLayout.PageTokens;
        for (var i = 0; i < whole; i++)
            fork.AppendShared(pages[i]);
        if (Length % KvLayout.PageTokens is var rest and > 0)
            fork.AppendCopyOrDispose(pages[whole], rest);
        return fork;
    }

    public override void Reserve(int tokens)
    {
        var need = (Length + tokens + KvLayout.PageTokens - 1) / KvLayout.PageTokens;
        while (pages.Count < need)
            pages.Add(pool.Rent());
    }

    public override void Dispose()
    {
        foreach (var page in pages)
            pool.Release(page);
        pages.Clear();
        Clear();
    }

    /// <summary>Appends a whole page of somebody else's.</summary>
    public void AppendShared(KvPage page)
    {
        KvPagePool.Share(page);
        pages.Add(page);
        Advance(KvLayout.PageTokens);
    }

    /// <summary>
    /// Appends a page of its own with the first <paramref name="tokens"/> tokens of another. If there is no page to be had, the sequence gives up what it holds.
    /// </summary>
    public void AppendCopyOrDispose(KvPage page, int tokens)
    {
        try
        {
            // Held while renting, which may evict.
            KvPagePool.Share(page);
            var own = pool.Rent();
            own.CopyFrom(page, tokens);
            pages.Add(own);
            Advance(tokens);
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

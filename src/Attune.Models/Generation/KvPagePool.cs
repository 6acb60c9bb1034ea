using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>
/// Cache pages under a memory limit. When none is left the prefix tree gives up what was used longest ago; if all pages are in use
/// by sequences at work, the error says how much would be needed.
/// </summary>
internal sealed class KvPagePool(KvLayout layout, long limitBytes) : IDisposable
{
    private readonly Stack<KvPage> free = [];
    private int pages;

    public KvLayout Layout => layout;

    /// <summary>Asked for a page when the limit is reached; answers whether it freed one.</summary>
    public Func<bool>? Evict { get; set; }

    public int Capacity => (int)Math.Max(1, limitBytes / layout.PageBytes);

    public KvPage Rent()
    {
        while (free.Count == 0 && pages >= Capacity)
            if (Evict is null || !Evict())
                throw new AttuneException($"the key-value cache of {limitBytes / 1048576} MiB is full with sequences at work; raise --limit-memory, of which the cache takes half, or use fewer or shorter demonstrations", AttuneErrorKind.Work);
        if (free.TryPop(out var page))
        {
            page.Users = 1;
            return page;
        }
        var made = new KvPage(layout);
        pages++;
        return made;
    }

    public static void Share(KvPage page) => page.Users++;

    public void Release(KvPage page)
    {
        if (--page.Users == 0)
            free.Push(page);
    }

    /// <summary>Gives the memory of unused pages back.</summary>
    public void Trim()
    {
        pages -= free.Count;
        Dispose();
    }

    public void Dispose()
    {
        foreach (var page in free)
            page.Dispose();
        free.Clear();
    }
}

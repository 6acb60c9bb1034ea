using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>
/// Cache pages under a memory limit. When none is left the prefix tree gives up what was used longest ago; if all pages are in use
/// by sequences at work, the error says how much would be needed. Where the engine's memory is short it gives pages back.
/// </summary>
internal sealed class KvPagePool : IMemoryReserve, IDisposable
{
    private readonly KvLayout layout;
    private readonly long limitBytes;
    private readonly Stack<KvPage> free = [];
    private readonly Lock gate = new();
    private int pages;

    public KvPagePool(KvLayout layout, long limitBytes)
    {
        (this.layout, this.limitBytes) = (layout, limitBytes);
        EngineMemory.Register(this);
    }

    public KvLayout Layout => layout;

    /// <summary>Asked for a page when the limit is reached; answers whether it freed one.</summary>
    public Func<bool>? Evict { get; set; }

    public int Capacity => (int)Math.Max(1, limitBytes / layout.PageBytes);

    /// <summary>Marks the calling thread as the one at work with the pages: until the end of the scope no other's shortage takes any.</summary>
    public Lock.Scope Enter() => gate.EnterScope();

    public KvPage Rent()
    {
        while (free.Count == 0 && pages >= Capacity)
            if (Evict is null || !Evict())
                throw new CacheFullException((pages + 1) * layout.PageBytes, limitBytes);
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

    /// <summary>Gives back pages that nobody uses, then those of the prefix tree that were used longest ago.</summary>
    public long GiveUp(long bytes)
    {
        // Another thread's sequences may be at work on these pages.
        if (!gate.TryEnter())
            return 0;
        try
        {
            long given = 0;
            while (given < bytes && (free.Count > 0 || Evict?.Invoke() == true))
                if (free.TryPop(out var page))
                {
                    page.Dispose();
                    pages--;
                    given += layout.PageBytes;
                }
            return given;
        }
        finally
        {
            gate.Exit();
        }
    }

    public void Dispose()
    {
        foreach (var page in free)
            page.Dispose();
        free.Clear();
    }
}

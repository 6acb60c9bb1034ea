using Attune.Models.Sites;
using Attune.Tensors.Kernels;

namespace Attune.Models.Generation;

/// <summary>
/// Sequences that begin with keys and values, or with vectors, of an intervention. In the prefix tree they stand as tokens that no vocabulary has
/// (−1, −2, …), so what follows them is shared as usual.
/// </summary>
internal static unsafe class PrefixKeys
{
    /// <summary>The tokens of a sequence with the intervention's positions before them.</summary>
    public static int[] Before(SiteSet? sites, ReadOnlySpan<int> tokens)
    {
        var count = Count(sites);
        var all = new int[count + tokens.Length];
        for (var i = 0; i < count; i++)
            all[i] = -1 - i;
        tokens.CopyTo(all.AsSpan(count));
        return all;
    }

    /// <summary>Positions that the intervention takes.</summary>
    public static int Count(SiteSet? sites) => sites?.VirtualTokens ?? 0;

    /// <summary>The longest cached begin of a sequence, at most <paramref name="limit"/> tokens; with a prefix at least that.</summary>
    /// <param name="counted">The whole sequence's length as <see cref="SequenceLength"/> counts it.</param>
    public static CachedSequence Open(SequenceCache cache, SiteSet? sites, ReadOnlySpan<int> tokens, int limit, int counted)
    {
        var key = SequenceLength.Key(sites, counted);
        var found = cache.Find(key, tokens, limit);
        if (sites?.Prefix is not { } prefix || found.Length >= prefix.Length)
            return found;
        found.Dispose();
        var tree = cache as PrefixTree ?? throw new InvalidOperationException("keys and values stand before sequences of a model that has none");
        var start = (PagedSequence)tree.Begin();
        try
        {
            start.Reserve(prefix.Length);
        }
        catch
        {
            start.Dispose();
            throw;
        }
        Fill(prefix, tree.Layout, start);
        start.Advance(prefix.Length);
        tree.Insert(key, tokens[..prefix.Length], start);
        return start;
    }

    /// <summary>Writes the intervention's keys and values into the first pages of a sequence.</summary>
    public static void Fill(KeyValuePrefix prefix, KvLayout layout, PagedSequence sequence)
    {
        var pages = stackalloc float*[sequence.Pages.Count];
        for (var i = 0; i < sequence.Pages.Count; i++)
            pages[i] = sequence.Pages[i].Data;
        for (var layer = 0; layer < layout.Layers; layer++)
        {
            var segment = new AttentionSegment { QueryCount = prefix.Length, Pages = pages, Offset = (long)layer * layout.Shape.PageFloats };
            AttentionTile.Append(layout.Shape, new ReadOnlySpan<AttentionSegment>(in segment), prefix.Keys[layer], prefix.Values[layer]);
        }
    }
}

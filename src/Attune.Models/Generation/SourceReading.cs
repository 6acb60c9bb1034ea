using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors.Autograd;

namespace Attune.Models.Generation;

/// <summary>The two beginnings of work with an encoder-decoder: prompts read, and a sequence to write.</summary>
internal static class SourceReading
{
    /// <summary>Reads the prompts of empty entries in one pass.</summary>
    public static void Read(EncoderDecoderModel model, Graph graph, IReadOnlyList<SourceCache.Entry> entries, SiteSet? sites)
    {
        graph.Reset();
        var batch = new TokenBatch();
        foreach (var entry in entries)
            batch.Add(entry.Prompt);
        model.Remember(graph, model.Encode(graph, batch, sites), [.. entries.Select(e => e.Sequence)], sites);
    }

    /// <summary>A sequence that the decoder writes over a source, behind the keys and values of an intervention where there is one.</summary>
    public static PagedSequence Begin(EncoderDecoderModel model, KvPagePool pool, SiteSet? sites, CachedSequence source)
    {
        var sequence = new PagedSequence(pool) { Source = source };
        if (sites?.Prefix is not { } prefix)
            return sequence;
        try
        {
            sequence.Reserve(prefix.Length);
            PrefixKeys.Fill(prefix, pool.Layout, sequence);
            sequence.Advance(prefix.Length);
            return sequence;
        }
        catch
        {
            sequence.Dispose();
            throw;
        }
    }
}

using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Generation;

/// <summary>The two beginnings of work with an encoder-decoder: prompts read, and a sequence to write.</summary>
internal static class SourceReading
{
    /// <summary>Holds each side to its own length: an intervention's vectors are read by the encoder before the prompt, its keys and values are the decoder's.</summary>
    /// <param name="written">Tokens that the decoder reads, its start token included.</param>
    /// <exception cref="AttuneException">The prompt is empty, or one side is too long.</exception>
    public static void Check(EncoderDecoderModel model, SiteSet? sites, int[] prompt, int written)
    {
        if (prompt.Length == 0)
            throw new AttuneException("the prompt has no tokens; give at least one character");
        if (SoftTokens(sites) + prompt.Length is var read && read > model.ContextLength)
            throw new ContextOverflowException(read, model.ContextLength);
        if (written > Room(model, sites))
            throw new ContextOverflowException(model.TargetLength - Room(model, sites) + written, model.TargetLength);
    }

    /// <summary>Vectors that an intervention sets before every prompt.</summary>
    public static int SoftTokens(SiteSet? sites) => sites?.SoftPrompt?.Length ?? 0;

    /// <summary>Tokens that the decoder may read behind an intervention's keys and values.</summary>
    public static int Room(EncoderDecoderModel model, SiteSet? sites) => model.TargetLength - (sites?.Prefix?.Length ?? 0);

    /// <summary>Reads the prompts of empty entries in one pass, each behind an intervention's vectors where there are some.</summary>
    /// <returns>Tokens read, with those vectors.</returns>
    public static int Read(EncoderDecoderModel model, Graph graph, IReadOnlyList<SourceCache.Entry> entries, SiteSet? sites)
    {
        graph.Reset();
        var batch = new TokenBatch();
        foreach (var entry in entries)
            batch.Add(PrefixKeys.Before(sites, entry.Prompt).AsSpan(sites?.Prefix?.Length ?? 0));
        model.Remember(graph, model.Encode(graph, batch, sites), [.. entries.Select(e => e.Sequence)], sites);
        return batch.Count;
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

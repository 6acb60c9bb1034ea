namespace Attune.Models.Tokenizers;

/// <summary>
/// Encodes without ranges: text is cut into words in UTF-16, and each word's ids come from a cache or are made once. Gives the ids of
/// the steps in order, for tokenizers whose words do not depend on one another.
/// </summary>
/// <param name="plan">How words are cut, and what is done with a word.</param>
/// <param name="raw">The added tokens that are found in the text as it is written.</param>
/// <param name="normalized">Those that are found in the normalised text.</param>
/// <param name="steps">All steps for a stretch between added tokens, where words will not do.</param>
internal sealed class WordEncoder(WordPlan plan, AddedTokenMatcher raw, AddedTokenMatcher normalized, Action<AlignedSpan, bool, TokenSink> steps)
{
    private readonly WordCache _cache = new();

    public int[] Encode(string text, bool parseSpecial)
    {
        var ids = new IdBuffer(text.Length / 3);
        if (!raw.MayMatch(text))
        {
            Stretch(text, 0, parseSpecial, ref ids);
            return ids.ToArray();
        }
        foreach (var (span, token) in raw.Split(AlignedText.Of(text).All, parseSpecial))
        {
            if (token is not null)
                ids.Add(token.Id);
            else
                Stretch(text.AsSpan()[span.Offsets[0].Start..span.Offsets[^1].End], span.Offsets[0].Start, parseSpecial, ref ids);
        }
        return ids.ToArray();
    }

    private void Stretch(ReadOnlySpan<char> text, int origin, bool parseSpecial, ref IdBuffer ids)
    {
        var written = text;
        if (!plan.Prepare(ref text) || normalized.MayMatch(text))
        {
            var sink = new TokenSink();
            steps(AlignedText.Of(written, origin).All, parseSpecial, sink);
            ids.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sink.Ids));
            return;
        }
        for (var start = 0; start < text.Length;)
        {
            var end = plan.Cutter.EndOf(text, start);
            ids.Add(IdsOf(text[start..end]));
            start = end;
        }
    }

    private ReadOnlySpan<int> IdsOf(ReadOnlySpan<char> word)
    {
        if (word.Length > WordCache.LongestWord)
            return Make(word);
        if (_cache.Find(word, out var place) is { } known)
            return known;
        var ids = Make(word);
        _cache.Put(place, word, ids);
        return ids;
    }

    private int[] Make(ReadOnlySpan<char> word)
    {
        var sink = new TokenSink();
        plan.Tokenize(AlignedText.Of(word, 0).All, sink);
        return [.. sink.Ids];
    }
}

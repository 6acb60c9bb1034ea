namespace Attune.Models.Tokenizers;

/// <summary>How a tokenizer's text can be cut into words that do not depend on one another.</summary>
/// <param name="Cutter">Finds the words.</param>
/// <param name="Normalizer">Is applied to the text before it is cut; null where it is applied to each word, or not at all.</param>
/// <param name="Tokenize">What is done with a word.</param>
internal sealed record WordPlan(WordCutter Cutter, Normalizer? Normalizer, Action<AlignedSpan, TokenSink> Tokenize)
{
    /// <summary>A blank is put before text that does not begin with one.</summary>
    public bool AddsBlank { get; init; }

    /// <summary>Brings the text into the form that is cut. False where only the steps one by one can do that.</summary>
    public bool Prepare(ref ReadOnlySpan<char> text)
    {
        if (Normalizer is not null && !Normalizer.TryFast(ref text))
            return false;
        if (AddsBlank && text.Length > 0 && text[0] != ' ')
            text = string.Concat(" ", text);
        return true;
    }

    /// <summary>The plan of a tokenizer, or null where its words depend on one another or are not known.</summary>
    public static WordPlan? Of(TokenizerParts parts) => OfBytes(parts) ?? OfSeparated(parts) ?? OfRuns(parts) ?? OfMarks(parts);

    // Byte-level models: a known pattern, then bytes.
    private static WordPlan? OfBytes(TokenizerParts parts)
    {
        var (cutter, bytes) = parts.PreTokenizer switch
        {
            ByteLevelPreTokenizer { UsesPattern: true } own => (WordCutter.Of(SplitPatterns.Gpt2), own),
            PreTokenizerSequence { Parts: [PatternSplit { Behaviour: SplitBehaviour.Isolated, Inverts: false, Pattern.Expression: { } pattern }, ByteLevelPreTokenizer { UsesPattern: false, AddsBlank: false } own] }
                => (WordCutter.Of(pattern), own),
            PreTokenizerSequence { Parts: [RuneSplit { Behaviour: SplitBehaviour.Isolated, IsNumbers: true }, ByteLevelPreTokenizer { UsesPattern: true, AddsBlank: false } own] }
                => (new DigitsApart(new Gpt2Words()), own),
            _ => ((WordCutter?)null, (ByteLevelPreTokenizer?)null),
        };
        return cutter is null ? null : new WordPlan(cutter, parts.Normalizer, (word, sink) => parts.Model.Tokenize(ByteLevelPreTokenizer.ToBytes(word), sink)) { AddsBlank = bytes!.AddsBlank };
    }

    // White space only separates words.
    private static WordPlan? OfSeparated(TokenizerParts parts) =>
        parts.PreTokenizer?.DropsWhiteSpace == true && parts.Normalizer?.WorksByWord != false && !HasNormalized(parts)
            ? new WordPlan(new SeparatedWords(), null, Steps(parts))
            : null;

    // Each run of blanks becomes one mark before the word behind it.
    private static WordPlan? OfRuns(TokenizerParts parts) =>
        parts.PreTokenizer is MetaspacePreTokenizer { Splits: true, Scheme: PrependScheme.Always } && parts.Normalizer?.WorksByRun == true && !HasNormalized(parts)
            ? new WordPlan(new BlankRuns(), null, Steps(parts))
            : null;

    // Nothing is cut, but no piece reaches across the mark of a blank.
    private static WordPlan? OfMarks(TokenizerParts parts) =>
        parts.PreTokenizer is null or PatternSplit { Pattern.Literal: " " } && parts.Normalizer is not null && parts.Model.DividesAtMarks
            ? new WordPlan(new MarkedRuns(), parts.Normalizer, (word, sink) => parts.Model.Tokenize(word, sink))
            : null;

    private static bool HasNormalized(TokenizerParts parts) => parts.Added.Any(a => a.Normalized);

    private static Action<AlignedSpan, TokenSink> Steps(TokenizerParts parts) => (word, sink) =>
    {
        var pieces = new List<AlignedSpan>();
        parts.PreTokenizer!.Split(parts.Normalizer?.Apply(word).All ?? word, pieces);
        foreach (var piece in pieces)
            parts.Model.Tokenize(piece, sink);
    };
}

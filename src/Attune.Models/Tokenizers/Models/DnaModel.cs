namespace Attune.Models.Tokenizers;

/// <summary>
/// Text by another model, and between &lt;dna&gt; and &lt;/dna&gt; six bases a token (a rest is filled up with A; what is no token is
/// &lt;oov&gt;). The vocabulary marks tokens of bases by U+E000 behind them, so that they are not mistaken for text.
/// </summary>
internal sealed class DnaModel : TokenModel
{
    private const string Open = "<dna>", Close = "</dna>", Other = "<oov>", Marker = "\uE000";
    private const int Bases = 6;

    private static readonly int[] OpenRunes = RunePattern.RunesOf(Open), CloseRunes = RunePattern.RunesOf(Close);

    private readonly TokenModel _text;
    private readonly PreTokenizer? _words;
    private readonly int _open, _close, _other;

    private DnaModel(TokenModel text, PreTokenizer? words, int open, int close, int other) : base(text.Vocabulary)
    {
        _text = text;
        _words = words;
        (_open, _close, _other) = (open, close, other);
    }

    public static DecoderChain Decoder { get; } = new([_ => new ReplaceStage(RunePattern.OfLiteral(Marker), ""), _ => new ByteLevelStage()]);

    /// <summary>The model around a text model, or null where the vocabulary has no tags.</summary>
    public static DnaModel? Wrap(TokenizerParts parts)
    {
        var vocabulary = parts.Model.Vocabulary;
        return vocabulary.IdOf(Open) is { } open && vocabulary.IdOf(Close) is { } close && vocabulary.IdOf(Other) is { } other
            ? new DnaModel(parts.Model, parts.PreTokenizer, open, close, other)
            : null;
    }

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        var at = 0;
        while (at < piece.Count)
        {
            var open = Find(piece, at, OpenRunes);
            PutText(piece.Slice(at, open - at), sink);
            if (open == piece.Count)
                return;
            var start = open + OpenRunes.Length;
            sink.Add(_open, piece, open, start);
            var close = Find(piece, start, CloseRunes);
            PutBases(piece.Slice(start, close - start), sink);
            at = close;
            if (close < piece.Count)
                sink.Add(_close, piece, close, at = close + CloseRunes.Length);
        }
    }

    private static int Find(AlignedSpan piece, int from, int[] tag)
    {
        var found = piece.Runes[from..].IndexOf(tag);
        return found < 0 ? piece.Count : from + found;
    }

    private void PutText(AlignedSpan text, TokenSink sink)
    {
        if (text.Count == 0)
            return;
        var pieces = new List<AlignedSpan>();
        if (_words is null)
            pieces.Add(text);
        else
            _words.Split(text, pieces);
        foreach (var piece in pieces)
            _text.Tokenize(piece, sink);
    }

    private void PutBases(AlignedSpan sequence, TokenSink sink)
    {
        for (var at = 0; at < sequence.Count; at += Bases)
        {
            var count = Math.Min(Bases, sequence.Count - at);
            var letters = sequence.Slice(at, count).ToText().ToUpperInvariant().PadRight(Bases, 'A');
            sink.Add(Vocabulary.IdOf(letters + Marker) ?? _other, sequence, at, at + count);
        }
    }
}

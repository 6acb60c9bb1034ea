namespace Attune.Models.Tokenizers;

/// <summary>
/// Sentencepiece's models without choice: each word (▁ and what follows it) or each character is a piece or unknown; of characters,
/// user-defined pieces are taken whole. Neighbouring unknowns are one token.
/// </summary>
internal sealed class LookupModel : TokenModel
{
    private readonly PieceOptions _options;
    private readonly RuneTrie _userDefined = new();
    private readonly ByteTokens? _bytes;
    private readonly bool _words;

    public LookupModel(Vocabulary vocabulary, IReadOnlyList<Piece> pieces, PieceOptions options, bool words) : base(vocabulary)
    {
        _options = options;
        _words = words;
        _bytes = options.ByteFallback ? new ByteTokens(vocabulary) : null;
        for (var i = 0; i < pieces.Count; i++)
            if (pieces[i].Type == PieceType.UserDefined)
                _userDefined.Insert(RunePattern.RunesOf(pieces[i].Text), i);
    }

    public override int? UnknownId => _options.Unknown;

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        var unknownBefore = false;
        for (var at = 0; at < piece.Count;)
        {
            var end = _words ? EndOfWord(piece.Runes, at) : EndOfCharacter(piece.Runes, at);
            var id = Vocabulary.IdOf(piece.Slice(at, end - at).ToText()) ?? _options.Unknown!.Value;
            var unknown = id == _options.Unknown;
            if (unknown && _bytes is not null)
                PutBytes(piece, at, end, sink);
            else if (unknown && unknownBefore)
                sink.Extend(piece, end);
            else
                sink.Add(id, piece, at, end);
            unknownBefore = unknown && _bytes is null;
            at = end;
        }
    }

    private static int EndOfWord(ReadOnlySpan<int> runes, int at)
    {
        var next = runes[(at + 1)..].IndexOf('▁');
        return next < 0 ? runes.Length : at + 1 + next;
    }

    private int EndOfCharacter(ReadOnlySpan<int> runes, int at) => _userDefined.Longest(runes, at, out var length) >= 0 ? at + length : at + 1;

    private void PutBytes(AlignedSpan piece, int start, int end, TokenSink sink)
    {
        for (var i = start; i < end; i++)
            foreach (var id in _bytes!.Of(piece.Runes[i])!)
                sink.Add(id, piece, i, i + 1);
    }
}

using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// WordPiece (Schuster and Nakajima 2012, as BERT uses it): the longest token that begins a word, then the longest that continues it.
/// A word without such a division, or longer than the limit, is one unknown token.
/// </summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly int _maximumLength;
    private readonly int _unknown;
    private readonly RuneTrie _beginnings = new(), _continuations = new();

    public WordPieceModel(Vocabulary vocabulary, string unknownToken = "[UNK]", string prefix = "##", int maximumLength = 100) : base(vocabulary)
    {
        _maximumLength = maximumLength;
        _unknown = vocabulary.IdOf(unknownToken) ?? throw new AttuneException(
            $"The WordPiece vocabulary lacks its unknown token '{unknownToken}'; add it or name another in the tokenizer's file.");
        for (var id = 0; id < vocabulary.Size; id++)
            if (vocabulary[id] is { } token && vocabulary.IdOf(token) == id)
                Insert(token, prefix, id);
    }

    public override int? UnknownId => _unknown;

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        if (piece.Count == 0)
            return;
        var first = sink.Ids.Count;
        if (piece.Count <= _maximumLength && Divide(piece, sink))
            return;
        sink.RemoveFrom(first);
        sink.Add(_unknown, piece, 0, piece.Count);
    }

    // A token that is longer than any word cannot be found.
    private void Insert(string token, string prefix, int id)
    {
        var runes = RunePattern.RunesOf(token);
        if (runes.Length > 0 && runes.Length <= _maximumLength)
            _beginnings.Insert(runes, id);
        if (!token.StartsWith(prefix, StringComparison.Ordinal) || token.Length == prefix.Length)
            return;
        runes = RunePattern.RunesOf(token[prefix.Length..]);
        if (runes.Length <= _maximumLength)
            _continuations.Insert(runes, id);
    }

    private bool Divide(AlignedSpan piece, TokenSink sink)
    {
        for (var start = 0; start < piece.Count;)
        {
            var id = (start == 0 ? _beginnings : _continuations).Longest(piece.Runes, start, out var length);
            if (id < 0)
                return false;
            sink.Add(id, piece, start, start + length);
            start += length;
        }
        return true;
    }
}

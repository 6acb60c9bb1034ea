using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// WordPiece (Schuster and Nakajima 2012, as BERT uses it): the longest token that begins a word, then the longest that continues it.
/// A word without such a division, or longer than the limit, is one unknown token.
/// </summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly string _prefix;
    private readonly int _maximumLength;
    private readonly int _unknown;

    public WordPieceModel(Vocabulary vocabulary, string unknownToken = "[UNK]", string prefix = "##", int maximumLength = 100) : base(vocabulary)
    {
        _prefix = prefix;
        _maximumLength = maximumLength;
        _unknown = vocabulary.IdOf(unknownToken) ?? throw new AttuneException(
            $"The WordPiece vocabulary lacks its unknown token '{unknownToken}'; add it or name another in the tokenizer's file.");
    }

    public override int? UnknownId => _unknown;

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        if (piece.Count == 0)
            return;
        var tokens = piece.Count > _maximumLength ? null : Divide(piece.Runes);
        if (tokens is null)
        {
            sink.Add(_unknown, piece, 0, piece.Count);
            return;
        }
        foreach (var (id, start, end) in tokens)
            sink.Add(id, piece, start, end);
    }

    private List<(int Id, int Start, int End)>? Divide(ReadOnlySpan<int> runes)
    {
        var result = new List<(int, int, int)>();
        var buffer = new char[_prefix.Length + 2 * runes.Length];
        var ends = new int[runes.Length + 1];
        for (var start = 0; start < runes.Length;)
        {
            var length = 0;
            if (start > 0)
            {
                _prefix.CopyTo(buffer);
                length = _prefix.Length;
            }
            for (var i = start; i < runes.Length; i++)
            {
                length += new Rune(runes[i]).EncodeToUtf16(buffer.AsSpan(length));
                ends[i + 1] = length;
            }
            var end = runes.Length;
            var id = 0;
            while (end > start && !Vocabulary.TryGetId(buffer.AsSpan(0, ends[end]), out id))
                end--;
            if (end == start)
                return null;
            result.Add((id, start, end));
            start = end;
        }
        return result;
    }
}

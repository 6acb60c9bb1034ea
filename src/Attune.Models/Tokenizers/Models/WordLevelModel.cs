using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>One token a piece; what the vocabulary lacks is the unknown token.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, string unknownToken) : TokenModel(vocabulary)
{
    private readonly int? _unknown = vocabulary.IdOf(unknownToken);

    public override int? UnknownId => _unknown;

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        if (piece.Count == 0)
            return;
        var id = Vocabulary.IdOf(piece.ToText()) ?? _unknown ?? throw new AttuneException(
            $"'{RegexParser.Shorten(piece.ToText())}' is not in the vocabulary, and neither is its unknown token '{unknownToken}'; mend the tokenizer's file.");
        sink.Add(id, piece, 0, piece.Count);
    }
}

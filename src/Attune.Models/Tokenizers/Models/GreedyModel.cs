namespace Attune.Models.Tokenizers;

/// <summary>At each place the longest token of the vocabulary, as RWKV's tokenizer takes it.</summary>
internal sealed class GreedyModel : TokenModel
{
    private readonly RuneTrie _trie = new();
    private readonly int? _unknown;

    public GreedyModel(Vocabulary vocabulary, int? unknown) : base(vocabulary)
    {
        _unknown = unknown;
        for (var id = 0; id < vocabulary.Size; id++)
            if (vocabulary[id] is { Length: > 0 } token)
                _trie.Insert(RunePattern.RunesOf(token), id);
    }

    public override int? UnknownId => _unknown;

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        for (var at = 0; at < piece.Count;)
        {
            var id = _trie.Longest(piece.Runes, at, out var length);
            length = Math.Max(length, 1);
            if (id >= 0 || _unknown is not null)
                sink.Add(id >= 0 ? id : _unknown!.Value, piece, at, at + length);
            else
                sink.Lost++;
            at += length;
        }
    }
}

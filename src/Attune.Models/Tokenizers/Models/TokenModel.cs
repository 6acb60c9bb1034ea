namespace Attune.Models.Tokenizers;

/// <summary>Turns one piece of text into tokens.</summary>
internal abstract class TokenModel(Vocabulary vocabulary)
{
    public Vocabulary Vocabulary { get; } = vocabulary;

    /// <summary>The token for what the vocabulary lacks, where there is one.</summary>
    public virtual int? UnknownId => null;

    public abstract void Tokenize(AlignedSpan piece, TokenSink sink);
}

/// <summary>Collects tokens with their ranges.</summary>
internal sealed class TokenSink
{
    public List<int> Ids { get; } = [];
    public List<TokenOffset> Offsets { get; } = [];
    public int Lost { get; set; }

    public void Add(int id, TokenOffset offset)
    {
        Ids.Add(id);
        Offsets.Add(offset);
    }

    /// <summary>Adds a token that stands for the code points [start, end) of a piece.</summary>
    public void Add(int id, AlignedSpan piece, int start, int end) =>
        Add(id, new TokenOffset(piece.Offsets[start].Start, piece.Offsets[end - 1].End));
}

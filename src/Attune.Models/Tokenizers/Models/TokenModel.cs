namespace Attune.Models.Tokenizers;

/// <summary>Turns one piece of text into tokens.</summary>
internal abstract class TokenModel(Vocabulary vocabulary)
{
    public Vocabulary Vocabulary { get; } = vocabulary;

    /// <summary>The token for what the vocabulary lacks, where there is one.</summary>
    public virtual int? UnknownId => null;

    /// <summary>No token reaches from something else across ▁, so that text can be cut before it.</summary>
    public virtual bool DividesAtMarks => false;

    public abstract void Tokenize(AlignedSpan piece, TokenSink sink);
}

/// <summary>Collects tokens with their ranges.</summary>
internal sealed class TokenSink
{
    public List<int> Ids { get; } = [];
    public List<TokenOffset> Offsets { get; } = [];
    public int Lost { get; set; }

    /// <summary>The text of each added token that was found, by its place among the ids: it holds the white space that the token swallowed.</summary>
    public Dictionary<int, string> AddedTexts { get; } = [];

    public void Add(int id, TokenOffset offset)
    {
        Ids.Add(id);
        Offsets.Add(offset);
    }

    /// <summary>Takes back the tokens from this place on.</summary>
    public void RemoveFrom(int first)
    {
        Ids.RemoveRange(first, Ids.Count - first);
        Offsets.RemoveRange(first, Offsets.Count - first);
    }

    public void AddAdded(int id, AlignedSpan span)
    {
        AddedTexts[Ids.Count] = span.ToText();
        Add(id, span, 0, span.Count);
    }

    /// <summary>The last token stands for the code points of the piece up to this end.</summary>
    public void Extend(AlignedSpan piece, int end) => Offsets[^1] = Offsets[^1] with { End = piece.Offsets[end - 1].End };

    /// <summary>Adds a token that stands for the code points [start, end) of a piece.</summary>
    public void Add(int id, AlignedSpan piece, int start, int end) =>
        Add(id, new TokenOffset(piece.Offsets[start].Start, piece.Offsets[end - 1].End));
}

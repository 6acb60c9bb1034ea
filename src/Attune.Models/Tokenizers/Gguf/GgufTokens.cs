using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>The tokens of a GGUF file, checked, as pieces with types, and what tokenizers of all models take from them.</summary>
internal sealed class GgufTokens
{
    public GgufTokens(GgufVocabularyFields fields)
    {
        Fields = fields;
        var count = fields.Tokens.Count;
        if (count is 0 or > Vocabulary.MaximumSize)
            throw Damaged($"has {count} tokens, but between 1 and {Vocabulary.MaximumSize} are possible");
        if (fields.Types.Count != 0 && fields.Types.Count != count)
            throw Damaged($"has {count} tokens but {fields.Types.Count} token types");
        if (fields.Scores.Count != 0 && fields.Scores.Count != count)
            throw Damaged($"has {count} tokens but {fields.Scores.Count} scores");
        if (fields.Scores.Any(s => !float.IsFinite(s)))
            throw Damaged("has a token whose score is no number");
        var s = fields.Special;
        foreach (var id in new[] { s.Begin, s.End, s.Pad, s.Unknown, s.Mask, s.Separator, s.Class })
            if (id is { } value && (uint)value >= (uint)count)
                throw Damaged($"names the special token id {id}, but has only {count} tokens");
        Pieces = [.. fields.Tokens.Select((t, i) => new Piece(t, fields.Scores.Count > 0 ? fields.Scores[i] : 0, TypeOf(i)))];
    }

    public GgufVocabularyFields Fields { get; }
    public IReadOnlyList<Piece> Pieces { get; }
    public List<string> Warnings { get; } = [];

    /// <summary>The special tokens, with the model's defaults where the file names none and such a token is one.</summary>
    public SpecialTokens Special(int? begin = null, int? end = null, int? unknown = null, int? pad = null)
    {
        var s = Fields.Special;
        return s with
        {
            Begin = s.Begin ?? Default(begin),
            End = s.End ?? Default(end),
            Unknown = s.Unknown ?? Default(unknown),
            Pad = s.Pad ?? Default(pad),
        };

        int? Default(int? id) => id < Pieces.Count && Pieces[id.Value].Type is PieceType.Control or PieceType.Unknown ? id : null;
    }

    /// <summary>Control and unknown tokens as special ones, user-defined tokens as others; all are found in the text as it is written.</summary>
    public List<AddedToken> Added(Func<string, string>? rewrite = null) =>
    [
        .. Enumerable.Range(0, Pieces.Count)
            .Where(i => IsAdded(Pieces[i].Type) && Pieces[i].Text.Length > 0)
            .Select(i => Attributes(new AddedToken(i, rewrite?.Invoke(Pieces[i].Text) ?? Pieces[i].Text) { Special = Pieces[i].Type != PieceType.UserDefined })),
    ];

    public static bool IsAdded(PieceType type) => type is PieceType.Unknown or PieceType.Control or PieceType.UserDefined;

    public PostProcessor Around(SpecialTokens special, bool addsBegin, bool addsEnd) => PostProcessor.Around(
        Fields.AddsBegin ?? addsBegin ? special.Begin ?? special.Class : null, Fields.AddsEnd ?? addsEnd ? special.End ?? special.Separator : null);

    public Vocabulary ToVocabulary(Func<Piece, string>? text = null) => Vocabulary.Of([.. Pieces.Select(p => text?.Invoke(p) ?? p.Text)], Warnings);

    public static AttuneException Damaged(string what) => new($"The GGUF file {what}; it is damaged, fetch it again.");

    // Files do not say which tokens swallow the white space beside them; it is known by the family.
    private AddedToken Attributes(AddedToken token)
    {
        var (pre, name) = (Fields.Pre ?? "", Fields.Name?.ToLowerInvariant() ?? "");
        if (pre.StartsWith("jina-v2-", StringComparison.Ordinal) && token.Content == "<mask>" || name.Contains("modern-bert", StringComparison.Ordinal) && token.Content == "[MASK]")
            return token with { StripsLeft = true };
        return name.Contains("phi-3", StringComparison.Ordinal) || name.Contains("phi3", StringComparison.Ordinal)
            ? token with { StripsRight = token.Content is not ("<unk>" or "<s>" or "<|endoftext|>") }
            : token;
    }

    private PieceType TypeOf(int id)
    {
        if (Fields.Types.Count == 0)
            return PieceType.Normal;
        return Fields.Types[id] is >= 1 and <= 6 and var type ? (PieceType)type : PieceType.Unused;
    }
}

namespace Attune.Models.Tokenizers;

/// <summary>A place in a sequence: a special token, or where Id is null one of the texts (Second: the other one).</summary>
internal readonly record struct TemplateItem(int? Id, bool Second, int TypeId);

/// <summary>What stands around one text or two, and whether the offsets of tokens leave out the white space in them.</summary>
internal sealed record PostProcessor
{
    public static readonly PostProcessor None = new();

    public IReadOnlyList<TemplateItem> Single { get; init; } = [new(null, false, 0)];
    public IReadOnlyList<TemplateItem> Pair { get; init; } = [new(null, false, 0), new(null, true, 1)];
    public bool TrimOffsets { get; init; }

    /// <summary>The pre-tokeniser put a blank before the first word: it is not in the text, so nothing is trimmed for it.</summary>
    public bool AddsPrefixSpace { get; init; }

    public int AddedTo(bool pair) => (pair ? Pair : Single).Count(i => i.Id is not null);

    /// <summary>Moves the ends of a token's range inside the blanks that it begins and ends with.</summary>
    public TokenOffset Trim(TokenOffset offset, string token, bool isFirst)
    {
        var leading = token.TakeWhile(IsBlank).Count();
        var trailing = token.Reverse().TakeWhile(IsBlank).Count();
        if (leading > 0 && AddsPrefixSpace && (isFirst || offset.Start == 0))
            leading--;
        var start = Math.Min(offset.Start + leading, offset.End);
        var end = trailing > 0 && offset.End >= trailing ? Math.Max(offset.End - trailing, start) : offset.End;
        return new TokenOffset(start, end);
    }

    private static bool IsBlank(char c) => c == ByteAlphabet.ToRune((byte)' ') || UnicodeClass.IsWhiteSpace(c);
}

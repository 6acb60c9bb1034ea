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

    /// <summary>A token before and one behind each text, where there are such; doubled: two stand between a pair, and all is of type 0.</summary>
    public static PostProcessor Around(int? begin, int? end, bool doubled = false)
    {
        TemplateItem[] before = begin is { } b ? [new(b, false, 0)] : [];
        TemplateItem[] after = end is { } e ? [new(e, false, 0)] : [];
        TemplateItem[] second = [.. doubled ? after : before, new(null, true, 0), .. after];
        TemplateItem[] single = [.. before, new(null, false, 0), .. after];
        return new PostProcessor { Single = single, Pair = [.. single, .. second.Select(i => i with { TypeId = doubled ? 0 : 1 })] };
    }

    public int AddedTo(bool pair) => (pair ? Pair : Single).Count(i => i.Id is not null);

    /// <summary>Moves the ends of a token's range, in code points, inside the blanks that it begins and ends with.</summary>
    public (int Start, int End) Trim(int start, int end, string token, bool isFirst)
    {
        var leading = token.TakeWhile(IsBlank).Count();
        var trailing = token.Reverse().TakeWhile(IsBlank).Count();
        // A single blank before the first word is the one that the pre-tokeniser put there.
        if (leading == 1 && AddsPrefixSpace && (isFirst || start == 0))
            leading = 0;
        start = Math.Min(start + leading, end);
        if (trailing > 0 && end >= trailing)
            end = Math.Max(end - trailing, start);
        return (start, end);
    }

    private static bool IsBlank(char c) => c == ByteAlphabet.ToRune((byte)' ') || UnicodeClass.IsWhiteSpace(c);
}

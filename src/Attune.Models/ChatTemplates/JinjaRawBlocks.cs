namespace Attune.Models.ChatTemplates;

/// <summary>Finds the tags {% raw %} and {% endraw %}.</summary>
internal static class JinjaRawBlocks
{
    /// <summary>Where the raw tag ends whose inside begins here, or null where it is another tag.</summary>
    public static (int End, char Sign)? Begin(string source, int at) => Inside(source, at, "raw");

    /// <summary>The next endraw tag.</summary>
    public static (int Start, char OpenSign, int End, char Sign)? End(string source, int at)
    {
        for (var start = source.IndexOf("{%", at, StringComparison.Ordinal); start >= 0; start = source.IndexOf("{%", start + 1, StringComparison.Ordinal))
        {
            var sign = start + 2 < source.Length && source[start + 2] is '-' or '+' ? source[start + 2] : ' ';
            if (Inside(source, start + (sign == ' ' ? 2 : 3), "endraw") is { } end)
                return (start, sign, end.End, end.Sign);
        }
        return null;
    }

    private static (int End, char Sign)? Inside(string source, int at, string name)
    {
        at = Skip(source, at);
        if (!source.AsSpan(at).StartsWith(name, StringComparison.Ordinal))
            return null;
        at = Skip(source, at + name.Length);
        var sign = at < source.Length && source[at] is '-' or '+' ? source[at] : ' ';
        if (sign != ' ')
            at++;
        return source.AsSpan(at).StartsWith("%}", StringComparison.Ordinal) ? (at + 2, sign) : null;
    }

    private static int Skip(string source, int at)
    {
        while (at < source.Length && char.IsWhiteSpace(source[at]))
            at++;
        return at;
    }
}

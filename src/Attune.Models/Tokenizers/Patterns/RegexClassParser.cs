using System.Globalization;

namespace Attune.Models.Tokenizers;

/// <summary>Reads [classes], with nesting and &amp;&amp;, and the escapes that stand for one code point or a set.</summary>
internal readonly ref struct RegexClassParser
{
    private const int MaximumDepth = 20;

    public RegexClassParser(int[] runes, ref int at, string source) => Set = Class(runes, ref at, source, 0);

    public RuneSet Set { get; }

    // The '[' is already read.
    private static RuneSet Class(int[] runes, ref int at, string source, int depth)
    {
        if (depth > MaximumDepth)
            throw RegexParser.Error(source, "too many nested classes");
        var negated = at < runes.Length && runes[at] == '^';
        if (negated)
            at++;
        RuneSet? left = null;
        var parts = new List<RuneSet>();
        for (var first = true; ; first = false)
        {
            if (at >= runes.Length)
                throw RegexParser.Error(source, "a '[' without its ']'");
            if (runes[at] == ']' && !first)
                break;
            if (runes[at] == '&' && at + 1 < runes.Length && runes[at + 1] == '&')
            {
                at += 2;
                left = Joined(left, parts);
                parts = [];
            }
            else
            {
                parts.Add(Item(runes, ref at, source, depth));
            }
        }
        at++;
        var result = Joined(left, parts);
        return negated ? result.Negated() : result;
    }

    private static RuneSet Joined(RuneSet? left, List<RuneSet> parts)
    {
        var right = parts.Count == 0 ? new RuneSet(_ => false) : RuneSet.Union(parts);
        return left?.And(right) ?? right;
    }

    private static RuneSet Item(int[] runes, ref int at, string source, int depth)
    {
        if (runes[at] == '[')
        {
            at++;
            return at < runes.Length && runes[at] == ':' ? Posix(runes, ref at, source) : Class(runes, ref at, source, depth + 1);
        }
        var first = One(runes, ref at, source, out var set);
        var isRange = set is null && at + 1 < runes.Length && runes[at] == '-' && runes[at + 1] != ']';
        if (!isRange)
            return set ?? RuneSet.Range(first, first);
        at++;
        var last = One(runes, ref at, source, out set);
        if (set is not null || last < first)
            throw RegexParser.Error(source, "a range in a class that is out of order");
        return RuneSet.Range(first, last);
    }

    private static int One(int[] runes, ref int at, string source, out RuneSet? set)
    {
        set = null;
        var rune = runes[at++];
        if (rune != '\\')
            return rune;
        if (at < runes.Length && runes[at] == 'b')
        {
            at++;
            return 8;
        }
        return EscapedRune(runes, ref at, source, out set);
    }

    private static RuneSet Posix(int[] runes, ref int at, string source)
    {
        var close = Array.IndexOf(runes, ']', at);
        if (close < 0 || runes[close - 1] != ':' || close - 1 == at)
            throw RegexParser.Error(source, "a '[:' without its ':]'");
        var name = string.Concat(runes[(at + 1)..(close - 1)].Select(char.ConvertFromUtf32));
        at = close + 1;
        var negated = name.StartsWith('^');
        var set = RuneSet.Property(negated ? name[1..] : name) ?? throw RegexParser.Error(source, $"the unknown class [:{name}:]");
        return negated ? set.Negated() : set;
    }

    /// <summary>What follows a backslash outside a class.</summary>
    public static RuneSet Escape(int[] runes, ref int at, string source)
    {
        var rune = EscapedRune(runes, ref at, source, out var set);
        return set ?? RuneSet.Range(rune, rune);
    }

    private static int EscapedRune(int[] runes, ref int at, string source, out RuneSet? set)
    {
        set = null;
        if (at >= runes.Length)
            throw RegexParser.Error(source, "a backslash at its end");
        var rune = runes[at++];
        switch (rune)
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'a': return 7;
            case 'e': return 27;
            case '0': return 0;
            case 'x' or 'u': return Hexadecimal(runes, ref at, source, rune == 'x' ? 2 : 4);
            case 'p' or 'P': set = Property(runes, ref at, source, rune == 'P'); return 0;
            case 's': set = new RuneSet(UnicodeClass.IsWhiteSpace); return 0;
            case 'S': set = new RuneSet(UnicodeClass.IsWhiteSpace).Negated(); return 0;
            case 'd': set = RuneSet.Property("nd"); return 0;
            case 'D': set = RuneSet.Property("nd")!.Negated(); return 0;
            case 'w': set = new RuneSet(UnicodeClass.IsWord); return 0;
            case 'W': set = new RuneSet(UnicodeClass.IsWord).Negated(); return 0;
            case 'h': set = new RuneSet(r => r < 128 && char.IsAsciiHexDigit((char)r)); return 0;
        }
        if (rune < 128 && char.IsAsciiLetterOrDigit((char)rune))
            throw RegexParser.Error(source, $"the escape \\{(char)rune}, which is not known");
        return rune;
    }

    private static int Hexadecimal(int[] runes, ref int at, string source, int digits)
    {
        var braces = at < runes.Length && runes[at] == '{';
        var end = braces ? Array.IndexOf(runes, '}', at) : Math.Min(at + digits, runes.Length);
        var start = braces ? at + 1 : at;
        var text = end < start ? "" : string.Concat(runes[start..end].Select(char.ConvertFromUtf32));
        if (!int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value is < 0 or > 0x10FFFF)
            throw RegexParser.Error(source, "a character code that is no hexadecimal number up to 10FFFF");
        at = braces ? end + 1 : end;
        return value;
    }

    private static RuneSet Property(int[] runes, ref int at, string source, bool negated)
    {
        if (at >= runes.Length)
            throw RegexParser.Error(source, "a \\p without a property");
        string name;
        if (runes[at] == '{')
        {
            var close = Array.IndexOf(runes, '}', at);
            if (close < 0)
                throw RegexParser.Error(source, "a '\\p{' without its '}'");
            name = string.Concat(runes[(at + 1)..close].Select(char.ConvertFromUtf32));
            at = close + 1;
        }
        else
        {
            name = char.ConvertFromUtf32(runes[at++]);
        }
        if (name.StartsWith('^'))
            (name, negated) = (name[1..], !negated);
        var set = RuneSet.Property(name) ?? throw RegexParser.Error(source, $"the unknown property \\p{{{name}}}");
        return negated ? set.Negated() : set;
    }
}

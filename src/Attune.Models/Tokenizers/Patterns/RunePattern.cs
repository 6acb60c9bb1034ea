using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>A literal text or a regular expression that is searched in code points.</summary>
internal abstract class RunePattern
{
    /// <summary>The non-overlapping matches from the left, as half-open ranges.</summary>
    public abstract List<(int Start, int End)> Matches(ReadOnlySpan<int> text);

    /// <summary>The regular expression, or null where it is a literal text.</summary>
    public virtual string? Expression => null;

    /// <summary>The literal text, or null.</summary>
    public virtual string? Literal => null;

    public static RunePattern OfLiteral(string text) => new LiteralPattern(text);

    /// <summary>A regular expression in the syntax that tokenizer files use (Oniguruma's). Errors: what cannot be read, named.</summary>
    public static RunePattern Regex(string expression) => new RegexPattern(RegexCompiler.Compile(expression), expression);

    public static int[] RunesOf(string text)
    {
        var result = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            result.Add(rune.Value);
        return [.. result];
    }

    private sealed class LiteralPattern(string content) : RunePattern
    {
        private readonly int[] literal = RunesOf(content);

        public override string? Literal => content;

        public override List<(int Start, int End)> Matches(ReadOnlySpan<int> text)
        {
            var result = new List<(int, int)>();
            if (literal.Length == 0)
                return result;
            for (var at = 0; at <= text.Length - literal.Length;)
            {
                var found = text[at..].IndexOf(literal);
                if (found < 0)
                    break;
                result.Add((at + found, at + found + literal.Length));
                at += found + literal.Length;
            }
            return result;
        }
    }

    private sealed class RegexPattern(RegexProgram program, string expression) : RunePattern
    {
        public override string? Expression => expression;

        public override List<(int Start, int End)> Matches(ReadOnlySpan<int> text)
        {
            var result = new List<(int, int)>();
            using var matcher = new RegexMatcher(program, text, expression);
            for (var (at, last) = (0, -1); at <= text.Length;)
            {
                var end = matcher.Match(at);
                // A match of nothing right behind the last match does not count.
                if (end > at || end == at && at != last)
                    result.Add((at, last = end));
                at = end > at ? end : at + 1;
            }
            return result;
        }
    }
}

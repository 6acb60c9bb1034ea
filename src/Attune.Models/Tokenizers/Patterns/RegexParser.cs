using System.Globalization;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Reads a regular expression of the syntax that tokenizer files use: Oniguruma's, without back-references and calls.</summary>
internal sealed class RegexParser
{
    private const int MaximumDepth = 100;
    private const int MaximumRepeat = 1000;

    private readonly string _source;
    private readonly int[] _runes;
    private int _at;
    private int _depth;
    private bool _ignoreCase;

    private RegexParser(string source)
    {
        _source = source;
        _runes = RunePattern.RunesOf(source);
    }

    public static RegexNode Parse(string source)
    {
        var parser = new RegexParser(source);
        var result = parser.Choice();
        if (parser._at < parser._runes.Length)
            throw parser.Error("a ')' without its '('");
        return result;
    }

    private int Next => _at < _runes.Length ? _runes[_at] : -1;

    private RegexNode Choice()
    {
        if (++_depth > MaximumDepth)
            throw Error("more than 100 nested groups");
        var ignoreCase = _ignoreCase;
        var options = new List<RegexNode> { Sequence() };
        while (Take('|'))
            options.Add(Sequence());
        _ignoreCase = ignoreCase;
        _depth--;
        return options.Count == 1 ? options[0] : new RegexChoice(options);
    }

    private RegexNode Sequence()
    {
        var parts = new List<RegexNode>();
        while (Next is not (-1 or '|' or ')'))
            if (Atom() is { } atom)
                parts.Add(Quantified(atom));
        return parts.Count == 1 ? parts[0] : new RegexSequence(parts);
    }

    private RegexNode Quantified(RegexNode part)
    {
        for (var count = 0; ; count++)
        {
            if (count > MaximumDepth)
                throw Error("too many repetitions of a repetition");
            var interval = Next == '{';
            if (!Quantifier(out var minimum, out var maximum))
                return part;
            var lazy = Take('?');
            part = new RegexRepeat(part, minimum, maximum, lazy);
            // After {n,m} a plus is one more repetition, not a possessive mark.
            if (!lazy && !interval && Take('+'))
                part = new RegexAtomic(part);
        }
    }

    private bool Quantifier(out int minimum, out int? maximum)
    {
        (minimum, maximum) = (0, null);
        if (Take('*'))
            return true;
        if (Take('+'))
        {
            minimum = 1;
            return true;
        }
        if (Take('?'))
        {
            maximum = 1;
            return true;
        }
        return Next == '{' && Interval(out minimum, out maximum);
    }

    private bool Interval(out int minimum, out int? maximum)
    {
        (minimum, maximum) = (0, null);
        var close = Array.IndexOf(_runes, '}', _at);
        if (close < 0)
            return false;
        var text = string.Concat(_runes[(_at + 1)..close].Select(char.ConvertFromUtf32));
        var parts = text.Split(',');
        var first = Number(parts[0]);
        var last = Number(parts[^1]);
        if (parts.Length > 2 || parts.Length == 1 && first is null || first is null && last is null)
            return false;
        if (parts.Length == 2 && (parts[0].Length > 0 && first is null || parts[1].Length > 0 && last is null))
            return false;
        minimum = first ?? 0;
        maximum = last;
        if (minimum > MaximumRepeat || maximum > MaximumRepeat || maximum < minimum)
            throw Error($"the repetition {{{text}}}, which is not between 0 and {MaximumRepeat} in order");
        _at = close + 1;
        return true;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private RegexNode? Atom()
    {
        var rune = _runes[_at++];
        switch (rune)
        {
            case '(': return Group();
            case '[': return Set(new RegexClassParser(_runes, ref _at, _source).Set);
            case '.': return Set(new RuneSet(r => r != '\n'));
            case '^': return new RegexAnchor(RegexAnchorKind.LineStart);
            case '$': return new RegexAnchor(RegexAnchorKind.LineEnd);
            case '*' or '+' or '?': throw Error("a repetition of nothing");
            case '\\': return Escape();
            default: return Set(RuneSet.Range(rune, rune));
        }
    }

    private RegexNode Escape()
    {
        var anchor = Next switch
        {
            'A' => RegexAnchorKind.TextStart,
            'z' => RegexAnchorKind.TextEnd,
            'Z' => RegexAnchorKind.TextEndOrLastBreak,
            'b' => RegexAnchorKind.WordBoundary,
            'B' => RegexAnchorKind.NotWordBoundary,
            _ => (RegexAnchorKind?)null,
        };
        if (anchor is null)
            return Set(RegexClassParser.Escape(_runes, ref _at, _source));
        _at++;
        return new RegexAnchor(anchor.Value);
    }

    private RegexSet Set(RuneSet set) => new(_ignoreCase ? set.IgnoringCase() : set);

    private RegexNode? Group()
    {
        if (!Take('?'))
            return Close(Choice());
        if (Take(':'))
            return Close(Choice());
        if (Take('>'))
            return new RegexAtomic(Close(Choice()));
        if (Take('='))
            return new RegexLook(Close(Choice()), Behind: false, Negative: false);
        if (Take('!'))
            return new RegexLook(Close(Choice()), Behind: false, Negative: true);
        if (Take('<'))
            return BehindOrName();
        return Flags();
    }

    private RegexNode BehindOrName()
    {
        if (Take('='))
            return new RegexLook(Close(Choice()), Behind: true, Negative: false);
        if (Take('!'))
            return new RegexLook(Close(Choice()), Behind: true, Negative: true);
        while (Next is not (-1 or '>'))
            _at++;
        if (!Take('>'))
            throw Error("a group name without its '>'");
        return Close(Choice());
    }

    // (?i: …) holds for the group, (?i) for the rest of the enclosing one.
    private RegexNode? Flags()
    {
        var before = _ignoreCase;
        var on = true;
        while (Next is 'i' or '-')
        {
            if (Next == '-')
                on = false;
            else
                _ignoreCase = on;
            _at++;
        }
        if (Take(')'))
            return null;
        if (!Take(':'))
            throw Error("an unknown kind of group '(?'");
        var result = Close(Choice());
        _ignoreCase = before;
        return result;
    }

    private RegexNode Close(RegexNode node)
    {
        if (!Take(')'))
            throw Error("a '(' without its ')'");
        return node;
    }

    private bool Take(int rune)
    {
        if (Next != rune)
            return false;
        _at++;
        return true;
    }

    private AttuneException Error(string found) => Error(_source, found);

    public static AttuneException Error(string source, string found) =>
        new($"The pattern '{Shorten(source)}' holds {found}, so it is no regular expression that can be used; mend the tokenizer's file.");

    public static string Shorten(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");
}

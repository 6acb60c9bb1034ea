using System.Text;

namespace Attune.Models.ChatTemplates;

/// <summary>Python's methods of texts.</summary>
internal sealed class JinjaTextMethods(JinjaRun run, JinjaPrinter printer, JinjaOperators operators)
{
    public JinjaFunction? Find(string text, string name)
    {
        Func<JinjaCallArguments, object?>? call = name switch
        {
            "strip" => a => JinjaText.Strip(text, Characters(a), true, true),
            "lstrip" => a => JinjaText.Strip(text, Characters(a), true, false),
            "rstrip" => a => JinjaText.Strip(text, Characters(a), false, true),
            "lower" or "casefold" => _ => JinjaText.Lower(text),
            "upper" => _ => JinjaText.Upper(text),
            "title" => _ => JinjaText.Title(text),
            "capitalize" => _ => JinjaText.Capitalize(text),
            "split" => a => Texts(JinjaText.Split(text, Separator(a), a.Integer(1, "maxsplit", -1), fromRight: false)),
            "rsplit" => a => Texts(JinjaText.Split(text, Separator(a), a.Integer(1, "maxsplit", -1), fromRight: true)),
            "splitlines" => a => Texts(JinjaText.Lines(text, a.Flag(0, "keepends", false))),
            "partition" => a => Partition(text, a, text.IndexOf(a.Text(0, "sep", ""), StringComparison.Ordinal), fromRight: false),
            "rpartition" => a => Partition(text, a, text.LastIndexOf(a.Text(0, "sep", ""), StringComparison.Ordinal), fromRight: true),
            "startswith" => a => Affixes(a).Any(p => text.StartsWith(p, StringComparison.Ordinal)),
            "endswith" => a => Affixes(a).Any(p => text.EndsWith(p, StringComparison.Ordinal)),
            "removeprefix" => a => Affixes(a)[0] is var p && text.StartsWith(p, StringComparison.Ordinal) ? text[p.Length..] : text,
            "removesuffix" => a => Affixes(a)[0] is var p && text.EndsWith(p, StringComparison.Ordinal) ? text[..^p.Length] : text,
            "replace" => a => Replace(text, Needed(a, 0, "old"), Needed(a, 1, "new"), a.Integer(2, "count", -1)),
            "find" => a => Position(text, text.IndexOf(Needed(a, 0, "sub"), StringComparison.Ordinal)),
            "rfind" => a => Position(text, text.LastIndexOf(Needed(a, 0, "sub"), StringComparison.Ordinal)),
            "index" => a => Position(text, text.IndexOf(Needed(a, 0, "sub"), StringComparison.Ordinal)) is >= 0 and var at ? at : throw new JinjaError("the text is not in it"),
            "count" => a => Count(text, Needed(a, 0, "sub")),
            "join" => a => Join(text, a.Required(0, "iterable")),
            "format" => a => Format(text, a),
            "zfill" => a => ZeroFill(text, a.Integer(0, "width", 0)),
            "ljust" => a => Pad(text, a, left: false),
            "rjust" => a => Pad(text, a, left: true),
            "center" => a => Center(text, a.Integer(0, "width", 0)),
            "isdigit" or "isdecimal" or "isnumeric" => _ => All(text, Rune.IsDigit),
            "isalpha" => _ => All(text, Rune.IsLetter),
            "isalnum" => _ => All(text, Rune.IsLetterOrDigit),
            "isspace" => _ => All(text, JinjaText.IsWhiteSpace),
            "isupper" => _ => text.EnumerateRunes().Any(Rune.IsUpper) && !text.EnumerateRunes().Any(Rune.IsLower),
            "islower" => _ => text.EnumerateRunes().Any(Rune.IsLower) && !text.EnumerateRunes().Any(Rune.IsUpper),
            _ => null,
        };
        return call is null ? null : new JinjaFunction(name, arguments =>
        {
            run.Step(text.Length);
            return call(arguments);
        });
    }

    public string Replace(string text, string old, string replacement, int count)
    {
        var places = old.Length == 0 ? JinjaText.Length(text) + 1 : Count(text, old);
        if (count >= 0)
            places = Math.Min(places, count);
        run.Make(text.Length + places * Math.Max(0L, replacement.Length - old.Length));
        if (old.Length > 0 && count < 0)
            return text.Replace(old, replacement, StringComparison.Ordinal);
        return old.Length == 0 ? Between(text, replacement, places) : ReplaceFirst(text, old, replacement, places);
    }

    public string Join(string separator, object? items)
    {
        var parts = operators.Iterate(items).Select(i => JinjaValues.Text(i) ?? throw new JinjaError($"only texts can be joined, not {JinjaValues.TypeName(i)}")).ToList();
        run.Make(parts.Sum(p => (long)p.Length) + separator.Length * (long)parts.Count);
        return string.Join(separator, parts);
    }

    public string Center(string text, int width)
    {
        run.Make(width);
        var missing = Math.Max(0, width - JinjaText.Length(text));
        // Python gives the odd blank to the left where the width is odd.
        var left = missing / 2 + (missing & width & 1);
        return new string(' ', left) + text + new string(' ', missing - left);
    }

    private static string ReplaceFirst(string text, string old, string replacement, long count)
    {
        var result = new StringBuilder();
        var at = 0;
        for (; count > 0 && text.IndexOf(old, at, StringComparison.Ordinal) is >= 0 and var found; count--)
        {
            result.Append(text, at, found - at).Append(replacement);
            at = found + old.Length;
        }
        return result.Append(text, at, text.Length - at).ToString();
    }

    private static string Between(string text, string replacement, long count)
    {
        var result = new StringBuilder();
        foreach (var character in JinjaText.Characters(text))
            result.Append(count-- > 0 ? replacement : "").Append(character);
        return result.Append(count > 0 ? replacement : "").ToString();
    }

    private static long Count(string text, string part)
    {
        if (part.Length == 0)
            return JinjaText.Length(text) + 1;
        var count = 0L;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
            count++;
        return count;
    }

    private static long Position(string text, int at) => at < 0 ? -1 : JinjaText.Length(text[..at]);

    private static bool All(string text, Func<Rune, bool> test) => text.Length > 0 && text.EnumerateRunes().All(test);

    private static string? Characters(JinjaCallArguments a) => a.Get(0, "chars") is null ? null : a.Text(0, "chars", "");

    private static string? Separator(JinjaCallArguments a) => a.Get(0, "sep") is null ? null : a.Text(0, "sep", "");

    private static string Needed(JinjaCallArguments a, int place, string name)
    {
        a.Required(place, name);
        return a.Text(place, name, "");
    }

    private static List<string> Affixes(JinjaCallArguments a) => a.Required(0, "prefix") is JinjaList { IsTuple: true } several
        ? [.. several.Items.Select(i => JinjaValues.Text(i) ?? throw new JinjaError("only texts can begin or end a text"))]
        : [a.Text(0, "prefix", "")];

    private JinjaList Texts(List<string> items)
    {
        run.Make(items.Count);
        return new JinjaList(items);
    }

    private static JinjaList Partition(string text, JinjaCallArguments a, int at, bool fromRight)
    {
        var separator = Needed(a, 0, "sep");
        if (separator.Length == 0)
            throw new JinjaError("the separator is empty");
        object?[] parts = at >= 0 ? [text[..at], separator, text[(at + separator.Length)..]] : fromRight ? ["", "", text] : [text, "", ""];
        return new JinjaList(parts, isTuple: true);
    }

    private string Pad(string text, JinjaCallArguments a, bool left)
    {
        var width = a.Integer(0, "width", 0);
        run.Make(width);
        var fill = a.Text(1, "fillchar", " ");
        var missing = Math.Max(0, width - JinjaText.Length(text));
        var padding = string.Concat(Enumerable.Repeat(fill.Length > 0 ? fill : " ", missing));
        return left ? padding + text : text + padding;
    }

    private string ZeroFill(string text, int width)
    {
        run.Make(width);
        var sign = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        return text[..sign] + new string('0', Math.Max(0, width - JinjaText.Length(text))) + text[sign..];
    }

    // str.format with {} {0} {name}; format specifications are refused rather than guessed.
    private string Format(string text, JinjaCallArguments a)
    {
        var result = new StringBuilder();
        var next = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var doubled = i + 1 < text.Length && text[i + 1] == text[i];
            if (text[i] is '{' or '}' && doubled)
            {
                result.Append(text[i++]);
            }
            else if (text[i] == '{')
            {
                var close = text.IndexOf('}', i);
                var field = close < 0 ? throw new JinjaError("a '{' of the format has no '}'") : text[(i + 1)..close];
                result.Append(printer.Print(Field(field, a, ref next)));
                run.CheckSize(result.Length);
                i = close;
            }
            else
            {
                result.Append(text[i]);
            }
        }
        return result.ToString();
    }

    private static object? Field(string field, JinjaCallArguments a, ref int next)
    {
        if (field.Length == 0 || int.TryParse(field, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _))
        {
            var place = field.Length == 0 ? next++ : int.Parse(field, System.Globalization.CultureInfo.InvariantCulture);
            return place < a.Positional.Count ? a.Positional[place] : throw new JinjaError("there are not enough values for the format");
        }
        return a.Named.TryGetValue(field, out var value) ? value : throw new JinjaError($"the field '{{{field}}}' of the format is not known");
    }
}

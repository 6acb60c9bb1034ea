using System.Text;

namespace Attune.Models.ChatTemplates;

/// <summary>Filters that make texts.</summary>
internal sealed class JinjaTextFilters(JinjaRun run, JinjaPrinter printer, JinjaOperators operators, JinjaMethods methods)
{
    private readonly JinjaTextMethods _methods = new(run, printer, operators);

    public bool TryApply(string name, object? value, JinjaCallArguments a, out object? result)
    {
        // Only a known filter prints the value: printing costs steps.
        result = name switch
        {
            "upper" => JinjaText.Upper(Text()),
            "lower" => JinjaText.Lower(Text()),
            "capitalize" => JinjaText.Capitalize(Text()),
            "title" => JinjaText.TitleWords(Text()),
            "trim" => JinjaText.Strip(Text(), a.Get(0, "chars") is null ? null : a.Text(0, "chars", ""), true, true),
            "replace" => _methods.Replace(Text(), printer.Print(a.Required(0, "old")), printer.Print(a.Required(1, "new")), a.Integer(2, "count", -1)),
            "indent" => Indent(Text(), a),
            "truncate" => Truncate(Text(), a),
            "center" => _methods.Center(Text(), a.Integer(0, "width", 80)),
            "format" => JinjaFormat.Apply(Text(), a.Named.Count > 0 ? Named(a) : new JinjaList(a.Positional, isTuple: true), printer),
            "wordcount" => (long)JinjaText.Split(Text(), null, -1, false).Count(w => w.Length > 0),
            "safe" => new JinjaMarkup(Text()),
            "escape" or "e" => value as JinjaMarkup ?? new JinjaMarkup(JinjaText.EscapeHtml(Text())),
            "forceescape" => new JinjaMarkup(JinjaText.EscapeHtml(Text())),
            "urlencode" => Uri.EscapeDataString(Text()).Replace("%2F", "/", StringComparison.Ordinal),
            "attr" => methods.Attribute(value, a.Text(0, "name", "")),
            "join" => Join(value, a),
            _ => this,
        };
        var known = !ReferenceEquals(result, this);
        if (known && JinjaValues.Text(result) is { } made)
            run.Make(made.Length);
        return known;

        string Text()
        {
            var text = printer.Print(value);
            run.Step(text.Length);
            return text;
        }
    }

    private static JinjaDictionary Named(JinjaCallArguments a)
    {
        var result = new JinjaDictionary();
        foreach (var (key, value) in a.Named)
            result.Set(key, value);
        return result;
    }

    private string Join(object? value, JinjaCallArguments a)
    {
        var items = operators.Iterate(value);
        if (a.TryGet(1, "attribute", out var attribute) && attribute is not null)
            items = items.ConvertAll(i => methods.Path(i, attribute));
        return _methods.Join(printer.Print(a.Get(0, "d", "")), new JinjaList(items.Select(object? (i) => printer.Print(i))));
    }

    private string Indent(string text, JinjaCallArguments a)
    {
        var indent = JinjaValues.Text(a.Get(0, "width", 4L)) ?? Blanks(a.Integer(0, "width", 4));
        var lines = JinjaText.Lines(text + "\n");
        run.Make(text.Length + lines.Count * (long)indent.Length);
        var blank = a.Flag(2, "blank", false);
        var result = new StringBuilder(a.Flag(1, "first", false) ? indent : "").Append(lines[0]);
        foreach (var line in lines.Skip(1))
            result.Append('\n').Append(blank || line.Length > 0 ? indent : "").Append(line);
        return result.ToString();
    }

    private string Blanks(int count)
    {
        run.Make(count);
        return new string(' ', Math.Max(0, count));
    }

    private static string Truncate(string text, JinjaCallArguments a)
    {
        var length = a.Integer(0, "length", 255);
        var end = a.Text(2, "end", "...");
        var leeway = a.Get(3, "leeway") is null ? 5 : a.Integer(3, "leeway", 5);
        var characters = JinjaText.Characters(text);
        var endLength = JinjaText.Length(end);
        if (length < endLength || leeway < 0)
            throw new JinjaError($"truncate to {length} leaves no room for '{end}'");
        if (characters.Count <= (long)length + leeway)
            return text;
        var kept = string.Concat(characters.Take(length - endLength));
        if (!a.Flag(1, "killwords", false))
            kept = JinjaText.Split(kept, " ", 1, fromRight: true)[0];
        return kept + end;
    }
}

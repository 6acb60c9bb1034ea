using System.Globalization;
using System.Text;

namespace Attune.Models.ChatTemplates;

/// <summary>Values as Python prints them: True, None, 1.0, ['a', 'b'].</summary>
internal sealed class JinjaPrinter(JinjaRun run)
{
    /// <summary>str(value).</summary>
    public string Print(object? value)
    {
        if (JinjaValues.Text(value) is { } text)
            return text;
        var builder = new StringBuilder();
        Represent(value, builder);
        return builder.ToString();
    }

    private void Represent(object? value, StringBuilder builder)
    {
        run.Enter();
        run.Make(builder.Length);
        switch (value)
        {
            case null: builder.Append("None"); break;
            case bool b: builder.Append(b ? "True" : "False"); break;
            case long l: builder.Append(l.ToString(CultureInfo.InvariantCulture)); break;
            case double d: builder.Append(Number(d)); break;
            case JinjaUndefined: break;
            case JinjaList list: RepresentList(list, builder); break;
            case JinjaDictionary dictionary: Join(builder, "{", "}", dictionary.Items, i => { Represent(i.Key, builder); builder.Append(": "); Represent(i.Value, builder); }); break;
            case JinjaRange range: RepresentRange(range, builder); break;
            case JinjaNamespace ns:
                Join(builder, "<Namespace {", "}>", ns.Attributes.ToList(), i => { Quote(i.Key, builder); builder.Append(": "); Represent(i.Value, builder); });
                break;
            case JinjaGenerator: builder.Append("<generator>"); break;
            case JinjaFunction function: builder.Append(CultureInfo.InvariantCulture, $"<function {function.Name}>"); break;
            default: Quote(JinjaValues.Text(value) ?? "", builder); break;
        }
        run.Leave();
    }

    private void RepresentList(JinjaList list, StringBuilder builder)
    {
        var close = !list.IsTuple ? "]" : list.Items.Count == 1 ? ",)" : ")";
        Join(builder, list.IsTuple ? "(" : "[", close, list.Items, i => Represent(i, builder));
    }

    private static void RepresentRange(JinjaRange range, StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Start + range.Count * range.Step}");
        builder.Append(range.Step == 1 ? ")" : string.Create(CultureInfo.InvariantCulture, $", {range.Step})"));
    }

    private static void Join<T>(StringBuilder builder, string open, string close, IReadOnlyList<T> items, Action<T> append)
    {
        builder.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                builder.Append(", ");
            append(items[i]);
        }
        builder.Append(close);
    }

    // Python prefers single quotes, and double ones where only single ones stand inside.
    private static void Quote(string text, StringBuilder builder)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        builder.Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == quote || rune.Value == '\\')
                builder.Append('\\').Append(rune);
            else if (rune.Value is '\n' or '\r' or '\t')
                builder.Append(rune.Value switch { '\n' => "\\n", '\r' => "\\r", _ => "\\t" });
            else if (IsPrintable(rune))
                builder.Append(rune);
            else
                builder.Append(CultureInfo.InvariantCulture, $"{Escape(rune.Value)}");
        }
        builder.Append(quote);
    }

    private static string Escape(int rune) => rune switch
    {
        < 0x100 => string.Create(CultureInfo.InvariantCulture, $"\\x{rune:x2}"),
        < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{rune:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune:x8}"),
    };

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    /// <summary>repr of a float: the shortest digits that give it back, in exponent form below 1e-4 and from 1e16.</summary>
    public static string Number(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        if (value == 0)
            return double.IsNegative(value) ? "-0.0" : "0.0";
        var text = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision < 16; precision++)
        {
            var shorter = Math.Abs(value).ToString("E" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) != Math.Abs(value))
                continue;
            text = shorter;
            break;
        }
        var parts = text.Split('E');
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
        var exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return (value < 0 ? "-" : "") + Layout(digits.Length == 0 ? "0" : digits, exponent);
    }

    private static string Layout(string digits, int exponent)
    {
        if (exponent is < -4 or >= 16)
            return digits[0] + (digits.Length > 1 ? "." + digits[1..] : "") + "e" + (exponent < 0 ? "-" : "+")
                + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
        if (exponent < 0)
            return "0." + new string('0', -exponent - 1) + digits;
        var whole = digits.PadRight(exponent + 1, '0');
        return whole[..(exponent + 1)] + "." + (whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0");
    }
}

using System.Globalization;
using System.Text;

namespace Attune.Models.ChatTemplates;

/// <summary>Python's '%' formatting of texts: %s %r %d %i %f %e %g %x %o %c %%, with flags, width and precision.</summary>
internal static class JinjaFormat
{
    private const int Widest = 10_000;

    public static string Apply(string format, object? argument, JinjaPrinter printer)
    {
        var list = argument is JinjaList { IsTuple: true } tuple ? tuple.Items : [argument];
        var result = new StringBuilder();
        var next = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                result.Append(format[i]);
                continue;
            }
            var value = (object?)list;
            var named = false;
            if (i + 1 < format.Length && format[i + 1] == '(')
            {
                var close = format.IndexOf(')', i);
                if (close < 0 || argument is not JinjaDictionary dictionary || !dictionary.TryGet(format[(i + 2)..close], out value))
                    throw new JinjaError("a named value of a format is missing");
                named = true;
                i = close;
            }
            var spec = Spec.Read(format, ref i);
            if (spec.Kind == '%')
                result.Append('%');
            else
                result.Append(spec.Write(named ? value : next < list.Count ? list[next++] : throw new JinjaError("there are not enough values for the format"), printer));
        }
        if (next < list.Count && argument is not JinjaDictionary)
            throw new JinjaError("not all values are used by the format");
        return result.ToString();
    }

    private readonly record struct Spec(string Flags, int Width, int? Precision, char Kind)
    {
        public static Spec Read(string format, ref int at)
        {
            var start = ++at;
            while (at < format.Length && "-+ 0#".Contains(format[at], StringComparison.Ordinal))
                at++;
            var flags = format[start..at];
            var width = Number(format, ref at) ?? 0;
            int? precision = null;
            if (at < format.Length && format[at] == '.')
            {
                at++;
                precision = Number(format, ref at) ?? 0;
            }
            if (at >= format.Length)
                throw new JinjaError("the format ends in the middle of a value");
            return new Spec(flags, width, precision, format[at]);
        }

        private static int? Number(string format, ref int at)
        {
            var start = at;
            while (at < format.Length && char.IsAsciiDigit(format[at]))
                at++;
            if (start == at)
                return null;
            return int.TryParse(format.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= Widest
                ? value
                : throw new JinjaError($"the format asks for more than {Widest} places");
        }

        public string Write(object? value, JinjaPrinter printer)
        {
            var text = Body(value, printer);
            var isNumber = Kind is not ('s' or 'r' or 'c');
            if (isNumber && text[0] != '-' && Flags.Contains('+', StringComparison.Ordinal))
                text = "+" + text;
            else if (isNumber && text[0] != '-' && Flags.Contains(' ', StringComparison.Ordinal))
                text = " " + text;
            if (Flags.Contains('-', StringComparison.Ordinal))
                return text.PadRight(Width);
            if (!isNumber || !Flags.Contains('0', StringComparison.Ordinal))
                return text.PadLeft(Width);
            var sign = text[0] is '-' or '+' or ' ' ? text[..1] : "";
            return sign + text[sign.Length..].PadLeft(Width - sign.Length, '0');
        }

        private string Body(object? value, JinjaPrinter printer)
        {
            if (Kind is 's' or 'r' or 'c')
            {
                var text = Kind == 'r' ? printer.Print(new JinjaList([value]))[1..^1] : printer.Print(value);
                return Precision is { } limit && limit < text.Length ? text[..limit] : text;
            }
            var number = JinjaComparer.Number(value) ?? throw new JinjaError($"%{Kind} needs a number, not {JinjaValues.TypeName(value)}");
            var places = (Precision ?? 6).ToString(CultureInfo.InvariantCulture);
            return Kind switch
            {
                'd' or 'i' or 'u' => (value is double ? (long)number : Convert.ToInt64(value, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture),
                'x' => ((long)number).ToString("x", CultureInfo.InvariantCulture),
                'X' => ((long)number).ToString("X", CultureInfo.InvariantCulture),
                'f' or 'F' => number.ToString("F" + places, CultureInfo.InvariantCulture),
                'e' => number.ToString((Precision ?? 6) == 0 ? "0e+00" : "0." + new string('0', Precision ?? 6) + "e+00", CultureInfo.InvariantCulture),
                'g' => number.ToString("G" + places, CultureInfo.InvariantCulture),
                _ => throw new JinjaError($"the format %{Kind} is not known"),
            };
        }
    }
}

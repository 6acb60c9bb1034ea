using System.Globalization;

namespace Attune.Models.ChatTemplates;

/// <summary>The filters after "|".</summary>
internal sealed class JinjaFilters
{
    private readonly JinjaRun _run;
    private readonly JinjaPrinter _printer;
    private readonly JinjaOperators _operators;
    private readonly JinjaTextFilters _text;
    private readonly JinjaSequenceFilters _sequences;

    public JinjaFilters(JinjaRun run, JinjaPrinter printer, JinjaOperators operators, JinjaTests tests, JinjaMethods methods)
    {
        _run = run;
        _printer = printer;
        _operators = operators;
        _text = new JinjaTextFilters(run, printer, operators, methods);
        _sequences = new JinjaSequenceFilters(run, operators, tests, methods, Apply);
    }

    public object? Apply(string name, object? value, JinjaCallArguments arguments)
    {
        _run.Step();
        return name switch
        {
            "default" or "d" => value is JinjaUndefined || arguments.Flag(1, "boolean", false) && !JinjaValues.IsTrue(value) ? arguments.Get(0, "default_value", "") : value,
            "length" or "count" => Length(value),
            "string" => value is JinjaMarkup ? value : _printer.Print(value),
            "tojson" => Json(value, arguments),
            "int" => Integer(value, arguments),
            "float" => Float(value, arguments),
            "abs" => JinjaComparer.Number(value) is < 0 ? _operators.Negate(value) : JinjaOperators.Plus(value),
            "round" => Round(value, arguments),
            _ when _sequences.TryApply(name, value, arguments, out var result) => result,
            _ when _text.TryApply(name, value, arguments, out var result) => result,
            _ => throw new JinjaError($"the filter '{name}' is not known"),
        };
    }

    private static object Length(object? value) => value switch
    {
        string or JinjaMarkup => (long)JinjaText.Length(JinjaValues.Text(value)!),
        JinjaList list => (long)list.Items.Count,
        JinjaDictionary dictionary => (long)dictionary.Count,
        JinjaRange range => (long)range.Count,
        JinjaUndefined => 0L,
        _ => throw new JinjaError($"{JinjaValues.TypeName(value)} has no length"),
    };

    private string Json(object? value, JinjaCallArguments arguments)
    {
        var text = JinjaJson.Write(_run, value, arguments);
        _run.Make(text.Length);
        return text;
    }

    private static object? Integer(object? value, JinjaCallArguments arguments)
    {
        var fallback = arguments.Get(0, "default", 0L);
        switch (value)
        {
            case long: return value;
            case bool b: return b ? 1L : 0L;
            case double d: return Math.Abs(d) < 9e18 ? (long)d : fallback;
        }
        if (JinjaValues.Text(value)?.Trim() is not { } text)
            return fallback;
        if (arguments.Integer(1, "base", 10) == 16)
            return long.TryParse(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hexadecimal) ? hexadecimal : fallback;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && Math.Abs(real) < 9e18 ? (long)real : fallback;
    }

    private static object? Float(object? value, JinjaCallArguments arguments)
    {
        if (JinjaComparer.Number(value) is { } number)
            return number;
        return JinjaValues.Text(value) is { } text && double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : arguments.Get(0, "default", 0.0);
    }

    private static object Round(object? value, JinjaCallArguments arguments)
    {
        var number = JinjaComparer.Number(value) ?? throw new JinjaError($"{JinjaValues.TypeName(value)} cannot be rounded");
        var places = Math.Clamp(arguments.Integer(0, "precision", 0), -300, 300);
        var method = arguments.Text(1, "method", "common");
        if (method == "common")
            return value is double ? RoundHalfEven(number, places) : places >= 0 ? JinjaOperators.Plus(value)! : (long)RoundHalfEven(number, places);
        var factor = Math.Pow(10, places);
        return method switch
        {
            "ceil" => Math.Ceiling(number * factor) / factor,
            "floor" => Math.Floor(number * factor) / factor,
            _ => throw new JinjaError($"the way of rounding '{method}' is not known"),
        };
    }

    private static double RoundHalfEven(double number, int places) => places switch
    {
        < 0 => Math.Round(number / Math.Pow(10, -places), MidpointRounding.ToEven) * Math.Pow(10, -places),
        > 15 => number,
        // Through the decimal expansion, which rounds what the number is, not what its product by a power of ten is.
        _ => double.Parse(number.ToString("F" + places.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            is var shown && places > 0 ? shown : Math.Round(number, MidpointRounding.ToEven),
    };
}

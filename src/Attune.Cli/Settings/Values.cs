using System.Globalization;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>Reads values as people write them, in invariant culture.</summary>
internal static class Values
{
    public static string Text(string text) => text.Length > 0 ? text : throw new AttuneException("the value is empty; give one");

    public static Func<string, int?> Whole(int least, int most) => text =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"'{text}' does not fit; expected a whole number from {least} to {most}"));

    public static Func<string, int> Whole(int least, int most, int unset)
    {
        var read = Whole(least, most);
        return text => read(text) ?? unset;
    }

    public static Func<string, double?> Number(double least, double most) => text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"'{text}' does not fit; expected a number from {least} to {most}"));

    /// <summary>"a, b" → a and b.</summary>
    public static IReadOnlyList<string> List(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0 ? parts : throw new AttuneException("the list is empty; give names with commas between them");
    }

    /// <summary>One of some names.</summary>
    public static Func<string, T> OneOf<T>(params (string Name, T Value)[] known) => text =>
    {
        foreach (var (name, value) in known)
        {
            if (name == text)
                return value;
        }
        throw new AttuneException($"'{text}' is not known; expected one of {string.Join(", ", known.Select(k => k.Name))}");
    };

    /// <summary>"90s", "10m", "1h30m", "2d".</summary>
    public static TimeSpan? Duration(string text)
    {
        var (seconds, number) = (0.0, "");
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c) || c == '.')
            {
                number += c;
                continue;
            }
            var unit = c switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
            if (unit == 0 || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
                throw NoDuration(text);
            seconds += value * unit;
            number = "";
        }
        return number.Length == 0 && seconds is > 0 and < 1e8 ? TimeSpan.FromSeconds(seconds) : throw NoDuration(text);
    }

    /// <summary>"8G", "512M", "1.5G": powers of 1024; G, GB and GiB mean the same.</summary>
    public static long? Bytes(string text)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = text[digits..].ToUpperInvariant() switch
        {
            "" or "B" => 1L,
            "K" or "KB" or "KIB" => 1L << 10,
            "M" or "MB" or "MIB" => 1L << 20,
            "G" or "GB" or "GIB" => 1L << 30,
            "T" or "TB" or "TIB" => 1L << 40,
            _ => 0L,
        };
        if (unit > 0 && double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * unit is >= 1 and < 1e18)
            return (long)(value * unit);
        throw new AttuneException($"'{text}' is no amount of memory; expected a number with a unit, for instance 8G or 512M");
    }

    private static AttuneException NoDuration(string text) =>
        new($"'{text}' is no length of time; expected numbers with units, for instance 90s, 10m or 1h30m");
}

using System.Globalization;

namespace Attune.Evaluation.Reports;

/// <summary>Numbers as people read them: three significant digits, a true minus, thousands in groups.</summary>
internal static class Units
{
    private static readonly string[] Thousands = ["", "k", "M", "G", "T", "P", "E"];

    /// <summary>Three significant digits: "0", "&lt;0.001", "0.042", "3.14", "27.2", "1,234".</summary>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        if (!double.IsFinite(value))
            return "–";
        return Minus(size switch
        {
            0 => "0",
            < 0.001 => value > 0 ? "<0.001" : ">-0.001",
            < 0.9995 => Format(value, "0.000"),
            < 9.995 => Format(value, "0.00"),
            < 99.95 => Format(value, "0.0"),
            _ => Format(value, "#,0"),
        });
    }

    /// <summary>A number with a prefix of the thousands: "770", "1.23 M".</summary>
    public static string Scaled(double value, string unit = "")
    {
        var power = 0;
        while (Math.Abs(value) >= 999.5 && power < Thousands.Length - 1)
        {
            value /= 1000;
            power++;
        }
        return $"{(power == 0 ? Minus(Format(value, "0.##")) : Number(value))} {Thousands[power]}{unit}".TrimEnd();
    }

    /// <summary>A power of ten on an axis: "0.01", "1", "1,000".</summary>
    public static string Power(double value) => Format(value, value < 1 ? "0.#########" : "#,0");

    /// <summary>A power of ten with a prefix: "100 M", "1 G".</summary>
    public static string ScaledPower(double value)
    {
        var power = value < 1000 ? 0 : Math.Min(Thousands.Length - 1, (int)Math.Round(Math.Floor(Math.Log10(value) + 1e-9)) / 3);
        return $"{Power(value / Math.Pow(1000, power))} {Thousands[power]}".TrimEnd();
    }

    /// <summary>Bytes in kB, MB, GB of powers of 1000.</summary>
    public static string Bytes(double bytes) => bytes == 0 ? "0" : Scaled(bytes, "B");

    /// <summary>How long something took, in at most two units.</summary>
    public static string Duration(double seconds)
    {
        var whole = (long)Math.Round(seconds);
        return seconds switch
        {
            < 60 => $"{Number(seconds)} s",
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{whole / 60} min {whole % 60} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{whole / 3600} h {whole % 3600 / 60} min"),
        };
    }

    public static string Count(long count) => Minus(count.ToString("#,0", CultureInfo.InvariantCulture));

    /// <summary>"1 row", "2,000 rows".</summary>
    public static string Count(long count, string one, string many) => count == 1 ? "1 " + one : $"{Count(count)} {many}";

    public static string P(double p) => p < 0.001 ? "p < 0.001" : "p = " + Format(p, "0.000");

    public static string Signed(double value, string format)
    {
        if (!double.IsFinite(value))
            return "–";
        var text = Format(Math.Abs(value), format);
        return text.All(c => c is '0' or '.') ? text : (value < 0 ? "−" : "+") + text;
    }

    public static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>The number in full, for machines to read back.</summary>
    public static string Exact(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Minus(string number) => number.Replace('-', '−');
}

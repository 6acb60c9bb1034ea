using System.Globalization;

namespace Attune.Reproductions;

/// <summary>Numbers of measurements as people read them: three significant digits, powers of ten where they are very small or large.</summary>
public static class NumberText
{
    /// <summary>"0.042", "3.14", "1,234", "1.25e-5", "–" for what is not a number.</summary>
    public static string Of(double value)
    {
        if (double.IsNaN(value))
            return "–";
        if (double.IsInfinity(value))
            return value > 0 ? "∞" : "−∞";
        var size = Math.Abs(value);
        var format = size switch
        {
            0 => "0",
            < 0.000_999_5 or >= 999_950 => "0.00e0",
            < 0.099_95 => "0.0000",
            < 0.9995 => "0.000",
            < 9.995 => "0.00",
            < 99.95 => "0.0",
            _ => "#,0",
        };
        return value.ToString(format, CultureInfo.InvariantCulture).Replace("-", "−", StringComparison.Ordinal);
    }

    /// <summary>The mean with its interval: "0.42 [0.38, 0.46]".</summary>
    public static string Of(Measured value) =>
        value.Interval is { } i ? $"{Of(value.Mean)} [{Of(i.Low)}, {Of(i.High)}]" : Of(value.Mean);

    /// <summary>A tick of an axis: as short as it can be.</summary>
    internal static string Tick(double value)
    {
        var size = Math.Abs(value);
        var text = size is > 0 and (< 0.001 or >= 1e6) ? value.ToString("0.##e0", CultureInfo.InvariantCulture) : value.ToString("#,0.#####", CultureInfo.InvariantCulture);
        return text.Replace("-", "−", StringComparison.Ordinal);
    }
}

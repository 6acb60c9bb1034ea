using System.Globalization;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>How many labelled rows a method may fit on: "16" for each label, "total:64" in all, "all", or "0".</summary>
/// <param name="PerLabel">Rows for each label; null unless that form was given.</param>
/// <param name="Total">Rows in all; null unless that form was given.</param>
public readonly record struct ShotSpec(int? PerLabel, int? Total)
{
    private const string TotalPrefix = "total:";

    public static ShotSpec All => new(null, null);

    public static ShotSpec None => new(0, null);

    public bool IsAll => PerLabel is null && Total is null;

    public bool IsZero => PerLabel == 0 || Total == 0;

    /// <exception cref="AttuneException">The text is none of the forms.</exception>
    public static ShotSpec Parse(string text)
    {
        var plain = text.Trim();
        if (plain == "all")
            return All;
        if (plain.StartsWith(TotalPrefix, StringComparison.Ordinal) && Count(plain[TotalPrefix.Length..]) is { } total)
            return new ShotSpec(null, total);
        if (Count(plain) is { } perLabel)
            return new ShotSpec(perLabel, null);
        throw new AttuneException($"'{text}' is no number of shots; expected a count for each label (16), total:N (total:64), or all.");
    }

    public override string ToString() => IsAll ? "all"
        : Total is { } total ? TotalPrefix + total.ToString(CultureInfo.InvariantCulture)
        : PerLabel!.Value.ToString(CultureInfo.InvariantCulture);

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}

using System.Globalization;

namespace Attune.Evaluation.Reports;

/// <summary>How values of an objective are written: shares in percent, differences of shares in points, losses in nats.</summary>
internal sealed record ScoreFormat(string Name, bool IsShare, bool HigherIsBetter)
{
    public static ScoreFormat Of(string objective) => objective switch
    {
        "accuracy" => new ScoreFormat("accuracy", true, true),
        "macro-f1" => new ScoreFormat("macro-F1", true, true),
        "nll" => new ScoreFormat("negative log-likelihood", false, false),
        _ => new ScoreFormat(objective, false, true),
    };

    /// <summary>The name as a column's head.</summary>
    public string Short => Name == "negative log-likelihood" ? "NLL" : Name;

    public string DifferenceUnit => IsShare ? "points" : "nats";

    /// <summary>"91.5%".</summary>
    public string Value(double value) => !double.IsFinite(value) ? "–" : IsShare ? Plain(value) + "%" : Plain(value);

    /// <summary>"91.5", in percent for shares.</summary>
    public string Plain(double value) => !double.IsFinite(value) ? "–"
        : (IsShare ? Units.Format(value * 100, "0.0") : Units.Format(value, "0.000")).Replace('-', '−');

    /// <summary>"91.5% [88.1, 94.2]".</summary>
    public string WithInterval(double value, double low, double high) => $"{Value(value)} [{Plain(low)}, {Plain(high)}]";

    /// <summary>"+3.2", in points for shares.</summary>
    public string Difference(double value) => IsShare ? Units.Signed(value * 100, "0.0") : Units.Signed(value, "0.000");

    /// <summary>"+3.2 [−0.4, +6.6]".</summary>
    public string DifferenceWithInterval(double value, double? low, double? high) =>
        low is null || high is null ? Difference(value) : $"{Difference(value)} [{Difference(low.Value)}, {Difference(high.Value)}]";

    /// <summary>Whether the first is the better one.</summary>
    public bool IsBetter(double one, double other) => HigherIsBetter ? one > other : one < other;

    /// <summary>Axis ticks.</summary>
    public string Tick(double value) => IsShare
        ? (value * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%"
        : value.ToString("0.###", CultureInfo.InvariantCulture).Replace('-', '−');
}

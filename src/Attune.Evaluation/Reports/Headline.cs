using System.Globalization;
using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>
/// What a comparison found, in one to three sentences: the winner, by how much it beats the baseline, what is not distinguishable
/// from it and which of those is cheapest. "Beats" is said only where the paired difference over at least three seeds has its
/// 95% interval on the better side of zero and, where p is known, Holm's p is below 0.05.
/// </summary>
public static class Headline
{
    private const int LeastSeeds = 3;

    /// <summary>Names shown before "and N more".</summary>
    private const int NamesShown = 6;

    /// <summary>The sentences as plain text.</summary>
    public static IReadOnlyList<string> Of(Summary summary) =>
        Sentences(summary).Select(s => string.Concat(s.Select(p => p.Foreign ? VisibleText.Of(p.Text, keepLines: false) : p.Text))).ToList();

    internal static IReadOnlyList<IReadOnlyList<Phrase>> Sentences(Summary summary)
    {
        if ((summary.Rows.FirstOrDefault(r => r.Winner) ?? summary.Rows.FirstOrDefault()) is not { } winner)
            return [[new Phrase("No cell finished, so there is nothing to compare.")]];
        var format = ScoreFormat.Of(summary.Objective);
        var close = summary.Rows.Where(r => r.Best && r != winner).ToList();
        List<IReadOnlyList<Phrase>> sentences = [[.. Score(summary, winner, format), .. AgainstBaseline(summary, winner, format)]];
        if (Closeness(summary, winner, close) is { Count: > 0 } closeness)
            sentences.Add(closeness);
        return sentences;
    }

    /// <summary>Whether the row beats the baseline, by the rule above.</summary>
    internal static bool Beats(Summary summary, SummaryRow row, ScoreFormat format) =>
        IsBeyondZero(row, format) && !(row.P >= 0.05) && HasSeeds(summary, row);

    /// <summary>The winner is picked on one half of the test rows, so over all of them another row may stand above it.</summary>
    private static IEnumerable<Phrase> Score(Summary summary, SummaryRow winner, ScoreFormat format)
    {
        var isHighest = !summary.Rows.Any(r => format.IsBetter(r.Mean, winner.Mean));
        var what = !isHighest ? "is the winner, picked on one half of the test rows; on all of them it stands" : format.HigherIsBetter ? "scores highest" : "scores best";
        return [.. Name(winner), new($" {what}, at {Value(winner, format)} (95% interval {format.Plain(winner.Low)} to {format.Plain(winner.High)})")];
    }

    private static IEnumerable<Phrase> AgainstBaseline(Summary summary, SummaryRow winner, ScoreFormat format)
    {
        var baseline = new Phrase(summary.Baseline, Foreign: true, Strong: true);
        if (winner.Difference is not { } difference)
            return winner.Method == summary.Baseline ? [new(". It is the baseline itself; nothing is shown to beat it.")] : [new("; there is no baseline to compare it with.")];
        if (Beats(summary, winner, format))
            return [new(", and beats the baseline "), baseline, new($" by {Advantage(winner, difference, format)}.")];
        var interval = winner is { DifferenceLow: { } low, DifferenceHigh: { } high } ? $" ({format.Difference(low)} to {format.Difference(high)})" : "";
        var size = $"{format.Difference(difference)} {format.DifferenceUnit}{interval}";
        return [new($". That it beats the baseline "), baseline, new($" is not shown: {size}, {Doubt(summary, winner, format)}.")];
    }

    private static string Value(SummaryRow row, ScoreFormat format) =>
        format.IsShare ? $"{format.Value(row.Mean)} {format.Name}" : $"a {format.Name} of {format.Value(row.Mean)}";

    /// <summary>The difference with the better direction as the positive one: "9.2 points (5.8 to 12.7)".</summary>
    private static string Advantage(SummaryRow row, double difference, ScoreFormat format)
    {
        var sign = format.HigherIsBetter ? 1 : -1;
        var (one, other) = (sign * (row.DifferenceLow ?? difference), sign * (row.DifferenceHigh ?? difference));
        return $"{format.Plain(sign * difference)} {format.DifferenceUnit} ({format.Plain(Math.Min(one, other))} to {format.Plain(Math.Max(one, other))})";
    }

    private static string Doubt(Summary summary, SummaryRow winner, ScoreFormat format) =>
        !IsBeyondZero(winner, format) ? "an interval that holds zero"
        : winner.P >= 0.05 ? $"but {Units.P(winner.P.Value)} once corrected for the number of comparisons (Holm)"
        : string.Create(CultureInfo.InvariantCulture, $"but over {Units.Count(winner.Seeds, "seed", "seeds")} only, where {LeastSeeds} are needed");

    private static List<Phrase> Closeness(Summary summary, SummaryRow winner, List<SummaryRow> close)
    {
        if (summary.Rows.Count == 1)
            return [];
        if (close.Count == 0)
            return [new("Every other row of the table is distinguishable from it.")];
        List<Phrase> said = close.Count == summary.Rows.Count - 1
            ? [new($"Nothing in the table is distinguishable from it: {(close.Count == 1 ? "the one other row" : "all " + Units.Count(close.Count) + " other rows")} may be as good")]
            : [new("Not distinguishable from it: "), .. Names(close)];
        var cheapest = summary.Rows.FirstOrDefault(r => r.Cheapest);
        if (cheapest is null)
            return [.. said, new(".")];
        said.Add(new("; the cheapest of these is "));
        if (cheapest == winner)
            said.Add(new("the winner itself"));
        else
            said.AddRange(Name(cheapest));
        return [.. said, new($" at {Units.Number(cheapest.QueryMs)} ms a query{(cheapest == winner ? "" : $" (winner: {Units.Number(winner.QueryMs)} ms)")}.")];
    }

    private static IEnumerable<Phrase> Names(List<SummaryRow> rows)
    {
        for (var i = 0; i < Math.Min(rows.Count, NamesShown); i++)
        {
            if (i > 0)
                yield return new Phrase(i == rows.Count - 1 ? " and " : ", ");
            foreach (var phrase in Name(rows[i]))
                yield return phrase;
        }
        if (rows.Count > NamesShown)
            yield return new Phrase($" and {Units.Count(rows.Count - NamesShown)} more");
    }

    internal static IEnumerable<Phrase> Name(SummaryRow row) =>
        row.Shots == "0" ? [new(row.Method, Foreign: true, Strong: true)] : [new(row.Method, Foreign: true, Strong: true), new(" ("), new(row.Shots, Foreign: true), new(row.Shots == "1" ? " shot)" : " shots)")];

    private static bool IsBeyondZero(SummaryRow row, ScoreFormat format) =>
        format.HigherIsBetter ? row.DifferenceLow > 0 : row.DifferenceHigh < 0;

    /// <summary>A method without labelled rows draws nothing, so one seed says all there is to say of it.</summary>
    private static bool HasSeeds(Summary summary, SummaryRow row) =>
        row.Seeds >= LeastSeeds || (row.Shots == "0" && summary.Rows.Any(r => r.Seeds >= LeastSeeds));
}

using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>The objective against what a query costs, with the rows that nothing beats at their price or below.</summary>
internal static class CostSection
{
    private const double Width = 340, Height = 280, Radius = 7.5;

    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("cost", $"{Capital(context.Format.Name)} against cost",
            "Each disc is a row of the table, by its number there. Filled discs are on the Pareto front: nothing that costs less or the same does better. Costs are on a logarithmic axis; bars are 95% intervals.");
        if (context.Summary.Rows.Count == 0)
            return section.Add(SectionParts.Note("No cell finished."));
        return section.Add(
            SectionParts.Grid("large",
            [
                Chart(context, "Milliseconds a query", "ms a query", r => r.QueryMs, Units.Number, Units.Power),
                Chart(context, "Computation a query", "floating-point operations a query", r => r.QueryFlops, v => Units.Scaled(v), Units.ScaledPower),
            ]),
            Key(context));
    }

    private static Element Chart(ReportContext context, string name, string axis, Func<SummaryRow, double> cost, Func<double, string> label, Func<double, string> tick)
    {
        var rows = context.Summary.Rows.Select((row, i) => (Row: row, Rank: i + 1)).Where(r => double.IsFinite(r.Row.Mean)).ToList();
        var front = Front(rows.Select(r => r.Row), cost, context.Format);
        var (low, high) = context.Ends(rows.Select(r => r.Row));
        var y = Scale.Linear(low, high, context.Format.Tick, turned: !context.Format.HigherIsBetter);
        var chart = new SvgChart(Width, Height, Scale.Logarithmic(rows.Select(r => cost(r.Row)), tick), y, Description(context, axis, front))
            .Axes(axis, context.Format.HigherIsBetter ? "" : "lower is better: best at the top");
        foreach (var (row, _) in rows)
            chart.ErrorBar("error", cost(row), row.Low, row.High).Reserve(cost(row), row.Mean, Radius);
        chart.Line("front", Steps(front, cost));
        foreach (var (row, rank) in rows.OrderByDescending(r => r.Rank))
        {
            chart.Point(front.Contains(row) ? "point front" : "point", cost(row), row.Mean, Radius,
                $"{MethodView.Name(row)}: {context.Format.WithInterval(row.Mean, row.Low, row.High)} at {label(cost(row))} {axis}", Units.Count(rank));
        }
        foreach (var row in front)
            chart.TryLabel(cost(row), row.Mean, Radius, Short(row));
        return SectionParts.Figure(chart.Svg, name);
    }

    private static string Short(SummaryRow row) => VisibleText.Start(row.Method, 24) + (row.Shots == "0" ? "" : " " + row.Shots);

    /// <summary>The rows to which none is better at the same cost or lower, cheapest first.</summary>
    internal static List<SummaryRow> Front(IEnumerable<SummaryRow> rows, Func<SummaryRow, double> cost, ScoreFormat format)
    {
        var front = new List<SummaryRow>();
        foreach (var row in rows.OrderBy(cost).ThenBy(r => format.HigherIsBetter ? -r.Mean : r.Mean))
        {
            if (front.Count == 0 || format.IsBetter(row.Mean, front[^1].Mean))
                front.Add(row);
        }
        return front;
    }

    /// <summary>Between two rows of the front the cheaper one is the best to be had.</summary>
    private static IEnumerable<(double X, double Y)> Steps(List<SummaryRow> front, Func<SummaryRow, double> cost)
    {
        for (var i = 0; i < front.Count; i++)
        {
            if (i > 0)
                yield return (cost(front[i]), front[i - 1].Mean);
            yield return (cost(front[i]), front[i].Mean);
        }
    }

    private static string Description(ReportContext context, string axis, List<SummaryRow> front) =>
        $"{Capital(context.Format.Name)} against {axis}. On the Pareto front, cheapest first: {string.Join(", ", front.Select(r => $"{MethodView.Name(r)} ({context.Format.Value(r.Mean)})"))}.";

    private static Element Key(ReportContext context) => new Element("ol", "key").Set("aria-label", "Numbers of the discs")
        .Add(context.Summary.Rows.Select(r => new Element("li").User(MethodView.Name(r))));

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}

using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Tensors;

namespace Attune.Evaluation.Reports;

/// <summary>The objective over label budgets, a small chart for each method with the others in grey behind it.</summary>
internal static class LearningSection
{
    private const double Width = 300, Height = 190;

    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("learning", "Learning curves");
        var byMethod = context.Summary.Rows.GroupBy(r => r.Method).ToDictionary(g => g.Key, g => g.OrderBy(r => Order(r.Shots)).ToList());
        var curves = context.Methods.Where(m => byMethod[m.Row.Method].Count > 1).ToList();
        if (curves.Count == 0)
            return section.Add(SectionParts.Note("No method ran at more than one label budget, so there is no curve; compare with --shots 4,16,64 to see how each grows."));
        var drawn = curves.SelectMany(m => byMethod[m.Row.Method]).ToList();
        var shots = drawn.Select(r => r.Shots).Distinct().OrderBy(Order).ToList();
        var (low, high) = context.Ends(drawn.Concat(context.Summary.Rows.Where(r => r.Method == context.Summary.Baseline)));
        var y = Scale.Linear(low, high, context.Format.Tick, turned: !context.Format.HigherIsBetter, ticks: 4);
        var charts = curves.Select(m => Chart(context, m, byMethod, shots, y));
        return section.Add(
            SectionParts.Note($"{(context.Format.HigherIsBetter ? "" : "Lower is better, and the axis is turned so that better is up. ")}Bands are 95% intervals; grey lines are the other methods, the dashed line is the baseline. Budgets are evenly spaced, not to scale. Methods with one budget only have no curve.{SectionParts.LeftOut(context)}"),
            SectionParts.Grid("small", charts));
    }

    private static Element Chart(ReportContext context, MethodView method, Dictionary<string, List<SummaryRow>> byMethod, List<string> shots, Scale y)
    {
        var own = byMethod[method.Row.Method];
        (double, double) Place(SummaryRow row) => (shots.IndexOf(row.Shots), row.Mean);
        var chart = new SvgChart(Width, Height, Scale.Ordinal(shots), y, Description(context, own)).Axes("shots", "");
        foreach (var other in byMethod.Values.Where(rows => rows.Count > 1 && rows != own && rows.All(r => shots.Contains(r.Shots))))
            chart.Line("ghost", other.Select(Place));
        if (context.Summary.Rows.FirstOrDefault(r => r.Method == context.Summary.Baseline && r.Difference is null) is { } baseline)
            chart.Line("baseline", [(-0.5, baseline.Mean), (shots.Count - 0.5, baseline.Mean)]);
        chart.Band("band", own.Select(r => ((double)shots.IndexOf(r.Shots), r.Low, r.High)).ToList()).Line("curve", own.Select(Place));
        foreach (var row in own)
            chart.Point("point front", shots.IndexOf(row.Shots), row.Mean, 3.5, $"{row.Shots} shots: {context.Format.WithInterval(row.Mean, row.Low, row.High)}");
        return SectionParts.Figure(chart.Svg, method.Row.Method);
    }

    private static string Description(ReportContext context, List<SummaryRow> rows) =>
        $"{rows[0].Method}: {string.Join("; ", rows.Select(r => $"{context.Format.WithInterval(r.Mean, r.Low, r.High)} at {r.Shots} shots"))}.";

    /// <summary>Counts for each label first, then totals, then "all"; what is none of these comes last.</summary>
    private static (int, int, string) Order(string shots)
    {
        try
        {
            var spec = ShotSpec.Parse(shots);
            return spec.IsAll ? (2, 0, shots) : spec.Total is { } total ? (1, total, shots) : (0, spec.PerLabel!.Value, shots);
        }
        catch (AttuneException)
        {
            return (3, 0, shots);
        }
    }
}

using Attune.Evaluation.Metrics;

namespace Attune.Evaluation.Reports;

/// <summary>A reliability diagram for each method: the share that was right in each of 15 bins of confidence (Guo et al. 2017).</summary>
internal static class ReliabilitySection
{
    private const double Width = 300, Height = 220, CountHeight = 34;

    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("reliability", "Is confidence to be trusted?",
            $"Bars: the share that was right among rows of that confidence (15 bins, all seeds of the method's best budget). On the dashed diagonal confidence is honest; bars below it mean too sure, above it too modest. The solid bars beneath show how many rows each bin has.{SectionParts.LeftOut(context)}");
        var charts = context.Methods.Select(m => Chart(context, m)).OfType<Element>().ToList();
        return section.Add(charts.Count > 0 ? SectionParts.Grid("small", charts) : SectionParts.Note("No probabilities were recorded."));
    }

    private static Element? Chart(ReportContext context, MethodView method)
    {
        var points = method.Rows.Select(r => (Confidence: context.Confidence(r), Right: r.Label == r.Gold)).Where(p => p.Confidence is not null)
            .Select(p => (p.Confidence!.Value, p.Right)).ToList();
        if (points.Count == 0)
            return null;
        var bins = Calibration.Bins(points.Select(p => p.Value).ToArray(), points.Select(p => p.Right).ToArray());
        var caption = $"ECE {Units.Format(method.Row.Ece, "0.000")}, {Units.Count(points.Count, "prediction", "predictions")}";
        var chart = new SvgChart(Width, Height, Scale.Linear(0, 1, Percent), Scale.Linear(0, 1, Percent), Description(method, bins, caption))
            .Axes("confidence", "");
        var counts = new SvgChart(Width, CountHeight, Scale.Linear(0, 1, Percent), Scale.Linear(0, bins.Max(b => b.Count), Percent, ticks: 1), $"Rows in each bin of confidence of {method.Title}.", bottom: 2);
        for (var i = 0; i < bins.Length; i++)
        {
            var (left, right) = (i / (double)bins.Length, (i + 1) / (double)bins.Length);
            if (bins[i].Count == 0)
                continue;
            var tooltip = $"confidence {Percent(left)} to {Percent(right)}: {Percent(bins[i].Accuracy)} of {Units.Count(bins[i].Count)} right, mean confidence {Percent(bins[i].Confidence)}";
            chart.Bar("share", left, right, 0, bins[i].Accuracy, tooltip);
            counts.Bar("count", left, right, 0, bins[i].Count, tooltip);
        }
        chart.Line("diagonal", [(0, 0), (1, 1)]);
        return SectionParts.Figure(chart.Svg, method.Title, caption).Add(counts.Svg);
    }

    private static string Description(MethodView method, CalibrationBin[] bins, string caption)
    {
        var below = bins.Where(b => b.Accuracy < b.Confidence).Sum(b => b.Count);
        var all = bins.Sum(b => b.Count);
        return $"Reliability diagram of {method.Title}: {caption}; {Percent(below / (double)all)} of the rows lie in bins that are too sure.";
    }

    private static string Percent(double share) => Units.Format(share * 100, "0") + "%";
}

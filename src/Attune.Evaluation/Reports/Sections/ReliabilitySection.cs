namespace Attune.Evaluation.Reports;

/// <summary>A reliability diagram for each method: the share that was right in each of 15 bins of confidence (Guo et al. 2017).</summary>
internal static class ReliabilitySection
{
    internal const int Bins = 15;
    private const double Width = 300, Height = 220;

    /// <summary>The share of the height that the bar of the fullest bin takes at the foot.</summary>
    private const double CountHeight = 0.16;

    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("reliability", "Is confidence to be trusted?",
            $"Bars: the share that was right among rows of that confidence (15 bins, all seeds of the method's best budget). On the dashed diagonal confidence is honest; bars below it mean too sure, above it too modest. The dark strip at the foot shows how many rows a bin has.{SectionParts.LeftOut(context)}");
        var charts = context.Methods.Select(m => Chart(context, m)).OfType<Element>().ToList();
        return section.Add(charts.Count > 0 ? SectionParts.Grid("small", charts) : SectionParts.Note("No probabilities were recorded."));
    }

    private static Element? Chart(ReportContext context, MethodView method)
    {
        var points = method.Rows.Select(r => (Confidence: context.Confidence(r), Right: r.Label == r.Gold)).Where(p => p.Confidence is not null)
            .Select(p => (p.Confidence!.Value, p.Right)).ToList();
        if (points.Count == 0)
            return null;
        var bins = Bin(points);
        var caption = $"ECE {Units.Format(method.Row.Ece, "0.000")}, {Units.Count(points.Count, "prediction", "predictions")}";
        var chart = new SvgChart(Width, Height, Scale.Linear(0, 1, Percent), Scale.Linear(0, 1, Percent), Description(method, bins, caption))
            .Axes("confidence", "");
        var fullest = bins.Max(b => b.Count);
        for (var i = 0; i < Bins; i++)
        {
            var (left, right) = (i / (double)Bins, (i + 1) / (double)Bins);
            if (bins[i].Count == 0)
                continue;
            var tooltip = $"confidence {Percent(left)} to {Percent(right)}: {Percent(bins[i].Accuracy)} of {Units.Count(bins[i].Count)} right, mean confidence {Percent(bins[i].Confidence)}";
            chart.Bar("share", left, right, 0, bins[i].Accuracy, tooltip)
                .Bar("count", left, right, 0, CountHeight * bins[i].Count / fullest, tooltip);
        }
        chart.Line("diagonal", [(0, 0), (1, 1)]);
        return SectionParts.Figure(chart.Svg, method.Title, caption);
    }

    /// <summary>Bins ((i)/15, (i + 1)/15], the first with 0 as well: rows, mean confidence, share right.</summary>
    internal static (int Count, double Confidence, double Accuracy)[] Bin(IEnumerable<(double Confidence, bool Right)> points)
    {
        var sums = new (int Count, double Confidence, int Right)[Bins];
        foreach (var (confidence, right) in points)
        {
            ref var bin = ref sums[Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1)];
            bin = (bin.Count + 1, bin.Confidence + confidence, bin.Right + (right ? 1 : 0));
        }
        return Array.ConvertAll(sums, b => b.Count == 0 ? default : (b.Count, b.Confidence / b.Count, b.Right / (double)b.Count));
    }

    private static string Description(MethodView method, (int Count, double Confidence, double Accuracy)[] bins, string caption)
    {
        var below = bins.Where(b => b.Accuracy < b.Confidence).Sum(b => b.Count);
        var all = bins.Sum(b => b.Count);
        return $"Reliability diagram of {method.Title}: {caption}; {Percent(below / (double)all)} of the rows lie in bins that are too sure.";
    }

    private static string Percent(double share) => Units.Format(share * 100, "0") + "%";
}

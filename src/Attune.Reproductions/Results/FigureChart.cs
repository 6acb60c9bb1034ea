using Attune.Evaluation.Reports;

namespace Attune.Reproductions;

/// <summary>A figure's chart: curves told apart by colour, dashes and a legend.</summary>
internal static class FigureChart
{
    private const double Width = 460, Height = 290;

    /// <summary>Colours; a further curve takes a colour again, with other dashes.</summary>
    private const int Colours = 8;

    /// <summary>Points of a curve up to which each has a mark, and its interval is a bar rather than a band.</summary>
    private const int FewPoints = 10;

    /// <summary>Distinct places on an axis up to which each gets its tick.</summary>
    private const int FewPlaces = 8;

    private const double CharacterWidth = 6.3;

    public static Element Draw(Figure figure)
    {
        var points = figure.Curves.SelectMany(c => c.Points).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToList();
        var x = Axis(points.Select(p => p.X), figure.LogX, places: true);
        var y = Axis(points.SelectMany(p => new[] { p.Y, figure.LogY ? double.NaN : p.Low, p.High }), figure.LogY, places: false);
        var left = 14 + (CharacterWidth * y.Ticks.Select(t => t.Label.Length).DefaultIfEmpty(1).Max());
        var chart = new SvgChart(Width, Height, x, y, Description(figure), left).Axes(figure.X, "");
        for (var i = 0; i < figure.Curves.Count; i++)
            Draw(chart, figure.LogY ? Above(figure.Curves[i]) : figure.Curves[i], Css(i));
        return new Element("div").Add(new Element("p", "axis-name").Text(figure.Y), chart.Svg, Legend(figure.Curves));
    }

    /// <summary>Intervals that reach zero end at a logarithmic axis's start.</summary>
    private static Curve Above(Curve curve) => curve with { Points = [.. curve.Points.Select(p => p with { Low = p.Low <= 0 ? double.Epsilon : p.Low })] };

    private static void Draw(SvgChart chart, Curve curve, string css)
    {
        var few = curve.Points.Count <= FewPoints;
        if (!few)
            chart.Band("band " + css, curve.Points.Select(p => (p.X, p.Low, p.High)).ToList());
        chart.Line("curve " + css, curve.Points.Select(p => (p.X, p.Y)));
        foreach (var p in curve.Points)
        {
            if (few)
                chart.ErrorBar("error " + css, p.X, p.Low, p.High);
            var interval = double.IsFinite(p.Low) ? $" [{NumberText.Of(p.Low)}, {NumberText.Of(p.High)}]" : "";
            chart.Point((few ? "dot " : "dot hidden ") + css, p.X, p.Y, few ? 3 : 5, $"{curve.Name}, {NumberText.Tick(p.X)}: {NumberText.Of(p.Y)}{interval}");
        }
    }

    private static Scale Axis(IEnumerable<double> values, bool logarithmic, bool places)
    {
        var all = values.Where(v => double.IsFinite(v) && (!logarithmic || v > 0)).DefaultIfEmpty(1).Distinct().Order().ToList();
        if (logarithmic)
            return Scale.LogarithmicWithin(all[0], all[^1], places && all.Count <= FewPlaces ? all : null, NumberText.Tick);
        // Between few whole numbers, such as layers, a tick for each.
        var whole = places && all.TrueForAll(double.IsInteger) && all[^1] - all[0] is >= 1 and <= FewPlaces;
        return Scale.Linear(all[0], all[^1], NumberText.Tick, ticks: whole ? (int)(all[^1] - all[0]) : 5);
    }

    private static string Css(int curve) => FormattableString.Invariant($"c{curve % Colours}") + (curve < Colours ? "" : " again");

    private static Element Legend(IReadOnlyList<Curve> curves) => new Element("ul", "legend").Add(curves.Select((c, i) => new Element("li").Add(
        new Element("svg", "chart").Set("viewBox", "0 0 26 8").Set("aria-hidden", "true").Add(
            new Element("line", "curve " + Css(i)).Set("x1", 1).Set("y1", 4).Set("x2", 25).Set("y2", 4)),
        new Element("span").Text(c.Name))));

    private static string Description(Figure figure) =>
        $"{figure.Title}. {figure.Y} over {figure.X}: {string.Join("; ", figure.Curves.Select(c => $"{c.Name} from {Ends(c)}"))}.";

    private static string Ends(Curve curve) => curve.Points.Count == 0 ? "nothing" : $"{NumberText.Of(curve.Points[0].Y)} to {NumberText.Of(curve.Points[^1].Y)}";
}

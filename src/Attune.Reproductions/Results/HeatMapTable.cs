using Attune.Evaluation.Reports;

namespace Attune.Reproductions;

/// <summary>A matrix as a table whose cells are shaded by value, by its logarithm where positive values span more than two decades.</summary>
internal static class HeatMapTable
{
    private const double WideSpan = 100;

    /// <summary>Half strength at most, so that the ink stays readable on every shade, light and dark.</summary>
    private const double FullShade = 50;

    public static Element Draw(HeatMap map)
    {
        var head = new Element("tr").Add(new Element("td", "corner").Text($"{map.Y} ↓ {map.X} →"));
        head.Add(map.Columns.Select(c => new Element("th", "top").Set("scope", "col").Text(c)));
        var shade = Shade(map.Values);
        var body = new Element("tbody");
        for (var r = 0; r < map.Rows.Count; r++)
        {
            var row = r;
            body.Add(new Element("tr").Add(new Element("th").Set("scope", "row").Text(map.Rows[r])).Add(Enumerable.Range(0, map.Columns.Count).Select(c =>
                new Element("td").Set("style", $"--s:{Units.Format(shade(map.Values[row, c]) * FullShade, "0")}%").Text(NumberText.Of(map.Values[row, c])))));
        }
        return SectionParts.Scrolling(new Element("table", "matrix").Set("aria-label", map.Title).Add(new Element("thead").Add(head), body), map.Title);
    }

    private static Func<double, double> Shade(double[,] values)
    {
        var all = values.Cast<double>().Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var (low, high) = (all.Min(), all.Max());
        var logarithmic = low > 0 && high > WideSpan * low;
        return value =>
        {
            if (!double.IsFinite(value) || high == low)
                return 0;
            return logarithmic ? Math.Log(value / low) / Math.Log(high / low) : (value - low) / (high - low);
        };
    }
}

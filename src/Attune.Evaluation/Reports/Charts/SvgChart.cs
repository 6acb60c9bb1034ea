namespace Attune.Evaluation.Reports;

/// <summary>
/// One chart as SVG: a plot area with two axes, onto which marks are put by value. Colours and strokes come from CSS classes
/// (see ReportStyle), so that the chart follows light, dark and print. All lengths are in units of the view box; at 360 wide the
/// text keeps its size on a phone. Marks whose place is not a number are not drawn.
/// </summary>
internal sealed class SvgChart
{
    /// <summary>Mean width of a character of the labels, in units.</summary>
    private const double CharacterWidth = 6.4;
    private const double LabelHeight = 11;

    private readonly Element root;
    private readonly Scale x, y;
    private readonly List<Box> taken = [];

    /// <param name="description">What a reader who does not see the chart is told.</param>
    public SvgChart(double width, double height, Scale x, Scale y, string description, double left = 40, double bottom = 34)
    {
        (this.x, this.y) = (x, y);
        Plot = new Box(left, 8, width - left - 18, height - 8 - bottom);
        root = new Element("svg", "chart").Set("viewBox", FormattableString.Invariant($"0 0 {width} {height}")).Set("role", "img").Set("aria-label", description);
    }

    public Box Plot { get; }

    public double X(double value) => Plot.Left + (x.Share(value) * Plot.Width);

    public double Y(double value) => Plot.Bottom - (y.Share(value) * Plot.Height);

    public Element Svg => root;

    public SvgChart Axes(string xTitle, string yTitle)
    {
        foreach (var tick in y.Ticks)
        {
            var at = Plot.Bottom - (tick.Share * Plot.Height);
            Segment("grid", Plot.Left, at, Plot.Right, at);
            Write("tick end", Plot.Left - 4, at + 3.5, tick.Label);
        }
        foreach (var tick in x.Ticks)
        {
            var at = Plot.Left + (tick.Share * Plot.Width);
            Segment("axis", at, Plot.Bottom, at, Plot.Bottom + 3);
            Write("tick middle", at, Plot.Bottom + 13, tick.Label);
        }
        Segment("axis", Plot.Left, Plot.Bottom, Plot.Right, Plot.Bottom);
        if (xTitle.Length > 0)
            Write("title middle", Plot.Left + (Plot.Width / 2), Plot.Bottom + 27, xTitle);
        if (yTitle.Length > 0)
            Write("title", Plot.Left + 3, Plot.Top + 5, yTitle);
        return this;
    }

    /// <summary>A line through points in the order given.</summary>
    public SvgChart Line(string css, IEnumerable<(double X, double Y)> points)
    {
        root.Add(new Element("polyline", css).Set("points", string.Join(' ', points.Where(p => IsPlace(p.X, p.Y)).Select(p => At(p.X, p.Y)))));
        return this;
    }

    /// <summary>The area between two values at each place.</summary>
    public SvgChart Band(string css, IReadOnlyList<(double X, double Low, double High)> edges)
    {
        edges = edges.Where(e => IsPlace(e.X, e.Low) && IsPlace(e.X, e.High)).ToList();
        var around = edges.Select(e => At(e.X, e.High)).Concat(edges.Reverse().Select(e => At(e.X, e.Low)));
        root.Add(new Element("polygon", css).Set("points", string.Join(' ', around)));
        return this;
    }

    /// <summary>A bar between two places and two values.</summary>
    public SvgChart Bar(string css, double left, double right, double bottom, double top, string tooltip)
    {
        root.Add(new Element("rect", css).Set("x", X(left)).Set("y", Y(top)).Set("width", Math.Max(0, X(right) - X(left) - 0.6)).Set("height", Math.Max(0, Y(bottom) - Y(top))).Add(Tip(tooltip)));
        return this;
    }

    /// <summary>A vertical interval.</summary>
    public SvgChart ErrorBar(string css, double at, double low, double high)
    {
        if (IsPlace(at, low) && IsPlace(at, high))
            Segment(css, X(at), Y(low), X(at), Y(high));
        return this;
    }

    /// <summary>A disc, with a word in it where there is one.</summary>
    public SvgChart Point(string css, double atX, double atY, double radius, string tooltip, string inside = "")
    {
        if (!IsPlace(atX, atY))
            return this;
        var mark = new Element("g", css).Add(Tip(tooltip), new Element("circle").Set("cx", X(atX)).Set("cy", Y(atY)).Set("r", radius));
        if (inside.Length > 0)
            mark.Add(new Element("text", "inside middle").Set("x", X(atX)).Set("y", Y(atY) + 3).Text(inside));
        root.Add(mark);
        return this;
    }

    /// <summary>Keeps labels away from a mark.</summary>
    public SvgChart Reserve(double atX, double atY, double radius)
    {
        taken.Add(new Box(X(atX) - radius, Y(atY) - radius, 2 * radius, 2 * radius));
        return this;
    }

    /// <summary>Names a mark beside it where nothing else stands; false if there is no room.</summary>
    public bool TryLabel(double atX, double atY, double radius, string text)
    {
        var (cx, cy, width) = (X(atX), Y(atY), text.Length * CharacterWidth);
        var gap = radius + 3;
        (string Anchor, double Left, double Top)[] places =
        [
            ("middle", cx - (width / 2), cy - gap - LabelHeight), ("start", cx + gap, cy - (LabelHeight / 2)), ("end", cx - gap - width, cy - (LabelHeight / 2)),
            ("middle", cx - (width / 2), cy + gap), ("start", cx + gap - 2, cy - LabelHeight - 2), ("end", cx - gap + 2 - width, cy - LabelHeight - 2),
        ];
        foreach (var (anchor, left, top) in places)
        {
            var box = new Box(left, top, width, LabelHeight);
            if (!Plot.Holds(box) || taken.Any(box.Meets))
                continue;
            taken.Add(box);
            Write($"name {anchor}", anchor == "start" ? left : anchor == "end" ? left + width : cx, top + LabelHeight - 2, text);
            return true;
        }
        return false;
    }

    private bool IsPlace(double atX, double atY) => !double.IsNaN(x.Share(atX)) && !double.IsNaN(y.Share(atY));

    private void Segment(string css, double x1, double y1, double x2, double y2) =>
        root.Add(new Element("line", css).Set("x1", x1).Set("y1", y1).Set("x2", x2).Set("y2", y2));

    private void Write(string css, double atX, double atY, string text) => root.Add(new Element("text", css).Set("x", atX).Set("y", atY).Text(text));

    private string At(double atX, double atY) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{X(atX):0.#},{Y(atY):0.#}");

    private static Element Tip(string text) => new Element("title").Text(text);
}

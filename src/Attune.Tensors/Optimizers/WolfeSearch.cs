namespace Attune.Tensors.Optimizers;

/// <summary>
/// A line search for the strong Wolfe conditions: lengths grow until an interval holds a good one (algorithm 3.5 of Nocedal and Wright 2006), which is then narrowed
/// by cubic interpolation (algorithm 3.6).
/// </summary>
internal sealed class WolfeSearch(Func<double, WolfePoint> evaluate, double tolerance)
{
    private const double Decrease = 1e-4;
    private const double Curvature = 0.9;
    private const int MostTries = 25;

    private int tries;

    /// <summary>A good place along the line, or the best that was found.</summary>
    /// <param name="start">The place at length 0.</param>
    /// <param name="first">The first length to try.</param>
    /// <param name="largest">The largest entry of the direction.</param>
    public WolfePoint Run(WolfePoint start, double first, double largest)
    {
        var (last, point) = (start, evaluate(first));
        for (; tries < MostTries; tries++)
        {
            if (!Falls(point, start) || (tries > 1 && point.Value >= last.Value))
                return Narrow(start, last, point, largest);
            if (IsFlat(point, start))
                return point;
            if (point.Slope >= 0)
                return Narrow(start, last, point, largest);
            var (least, most) = (point.Length + 0.01 * (point.Length - last.Length), point.Length * 10);
            (last, point) = (point, evaluate(Cubic(last, point, least, most)));
        }
        return start.Value <= point.Value ? start : point;
    }

    private static bool Falls(WolfePoint point, WolfePoint start) => point.Value <= start.Value + Decrease * point.Length * start.Slope;

    private static bool IsFlat(WolfePoint point, WolfePoint start) => Math.Abs(point.Slope) <= -Curvature * start.Slope;

    /// <summary>Narrows the interval between two places; low is the better one.</summary>
    private WolfePoint Narrow(WolfePoint start, WolfePoint one, WolfePoint other, double largest)
    {
        var (low, high) = one.Value <= other.Value ? (one, other) : (other, one);
        for (var stuck = false; tries < MostTries && Math.Abs(high.Length - low.Length) * largest >= tolerance; tries++)
        {
            var (least, most) = (Math.Min(low.Length, high.Length), Math.Max(low.Length, high.Length));
            var t = Within(Cubic(low, high, least, most), least, most, ref stuck);
            var point = evaluate(t);
            if (!Falls(point, start) || point.Value >= low.Value)
            {
                (low, high) = low.Value <= point.Value ? (low, point) : (point, low);
                continue;
            }
            if (IsFlat(point, start))
                return point;
            if (point.Slope * (high.Length - low.Length) >= 0)
                high = low;
            low = point;
        }
        return low;
    }

    /// <summary>A length so near an end that twice in a row little would be won moves inwards by a tenth of the interval.</summary>
    private static double Within(double t, double least, double most, ref bool stuck)
    {
        var margin = 0.1 * (most - least);
        if (Math.Min(most - t, t - least) >= margin)
        {
            stuck = false;
            return t;
        }
        if (!stuck && t < most && t > least)
        {
            stuck = true;
            return t;
        }
        stuck = false;
        return Math.Abs(t - most) < Math.Abs(t - least) ? most - margin : least + margin;
    }

    /// <summary>Where the cubic through two places and their slopes is least, within bounds; their middle where it has no minimum.</summary>
    private static double Cubic(WolfePoint a, WolfePoint b, double least, double most)
    {
        if (a.Length > b.Length)
            (a, b) = (b, a);
        var d = a.Slope + b.Slope - 3 * (a.Value - b.Value) / (a.Length - b.Length);
        var square = d * d - a.Slope * b.Slope;
        if (!(square >= 0))
            return (least + most) / 2;
        var root = Math.Sqrt(square);
        var t = b.Length - (b.Length - a.Length) * ((b.Slope + root - d) / (b.Slope - a.Slope + 2 * root));
        return Math.Min(Math.Max(t, least), most);
    }
}

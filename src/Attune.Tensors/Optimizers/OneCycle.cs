namespace Attune.Tensors.Optimizers;

/// <summary>
/// The one-cycle policy (Smith and Topin 2018): from largest/<see cref="DivideFirst"/> up to the largest rate in <see cref="RiseShare"/>
/// of the steps, then down to the first rate/<see cref="DivideLast"/>; in three phases first down to where it began.
/// </summary>
public sealed record OneCycle(double Largest, int Steps)
{
    public double RiseShare { get; init; } = 0.3;
    public double DivideFirst { get; init; } = 25;
    public double DivideLast { get; init; } = 1e4;
    public bool ThreePhases { get; init; }
    public RateCurve Curve { get; init; } = RateCurve.Cosine;

    /// <summary>The rate of step <paramref name="step"/>, from 0 to Steps − 1; the last rate stays.</summary>
    public double Rate(int step)
    {
        var first = Largest / DivideFirst;
        var last = first / DivideLast;
        var top = RiseShare * Steps - 1;
        if (step <= top)
            return Between(first, Largest, step / top);
        if (!ThreePhases)
            return Between(Largest, last, (step - top) / (Steps - 1 - top));
        var down = 2 * RiseShare * Steps - 2;
        return step <= down
            ? Between(Largest, first, (step - top) / (down - top))
            : Between(first, last, (step - down) / (Steps - 1 - down));
    }

    private double Between(double from, double to, double share)
    {
        var s = Math.Min(1, share);
        return Curve == RateCurve.Linear ? from + (to - from) * s : to + (from - to) / 2 * (1 + Math.Cos(Math.PI * s));
    }
}

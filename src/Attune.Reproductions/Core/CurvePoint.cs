namespace Attune.Reproductions;

/// <summary>A point of a curve, with the ends of its interval where there is one (NaN: none).</summary>
public readonly record struct CurvePoint(double X, double Y, double Low = double.NaN, double High = double.NaN)
{
    /// <summary>The mean over seeds with its interval.</summary>
    public static CurvePoint Of(double x, Measured value) => value.Interval is { } i ? new CurvePoint(x, value.Mean, i.Low, i.High) : new CurvePoint(x, value.Mean);
}

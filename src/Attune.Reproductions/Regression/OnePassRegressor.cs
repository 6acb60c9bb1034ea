using System.Globalization;

namespace Attune.Reproductions;

/// <summary>Stochastic gradient descent, one pass in the order given, one pair a step, from w = 0: w ← w − 2α(x(w·x) − xy + λw).</summary>
public sealed record OnePassRegressor(double Rate, double Lambda = 0) : LinearRegressor
{
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"SGD {Rate:0.####}");

    public override double[] Weights(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int dimensions)
    {
        var w = new double[dimensions];
        for (var i = 0; i < y.Length; i++)
            Step(w, x.Slice(i * dimensions, dimensions), y[i]);
        return w;
    }

    /// <summary>One pair's step, in place.</summary>
    private void Step(Span<double> w, ReadOnlySpan<double> x, double y)
    {
        var error = Dot(w, x) - y;
        for (var j = 0; j < w.Length; j++)
            w[j] -= 2 * Rate * (x[j] * error + Lambda * w[j]);
    }
}

using System.Globalization;

namespace Attune.Reproductions;

/// <summary>Steps of gradient descent over all pairs from w = 0: w ← w − 2α(Xᵀ(Xw − y) + λw). One step gives 2αXᵀy.</summary>
public sealed record GradientDescentRegressor(double Rate, int Steps = 1, double Lambda = 0) : LinearRegressor
{
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"GD {Steps} × {Rate:0.####}");

    public override double[] Weights(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int dimensions)
    {
        var w = new double[dimensions];
        var gradient = new double[dimensions];
        for (var step = 0; step < Steps; step++)
        {
            for (var j = 0; j < dimensions; j++)
                gradient[j] = Lambda * w[j];
            for (var i = 0; i < y.Length; i++)
            {
                var row = x.Slice(i * dimensions, dimensions);
                var error = Dot(w, row) - y[i];
                for (var j = 0; j < dimensions; j++)
                    gradient[j] += error * row[j];
            }
            for (var j = 0; j < dimensions; j++)
                w[j] -= 2 * Rate * gradient[j];
        }
        return w;
    }
}

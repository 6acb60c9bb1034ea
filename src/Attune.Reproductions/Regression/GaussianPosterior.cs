namespace Attune.Reproductions;

/// <summary>
/// The exact posterior of w in y = w·x + σε with w ~ N(m, τ²I) or any Gaussian prior, updated a pair at a time by Sherman and Morrison's formula:
/// P ← P − Pxxᵀ P/(σ² + xᵀPx), m ← m + Px(y − m·x)/(σ² + xᵀPx). The evidence of all pairs comes with it, as model averaging needs.
/// </summary>
public sealed class GaussianPosterior
{
    private readonly double[] mean;
    private readonly double[] covariance;
    private readonly double[] projected;
    private readonly double noise;

    /// <param name="mean">The prior's mean; its length is the number of dimensions.</param>
    /// <param name="covariance">The prior's covariance, [dimensions, dimensions].</param>
    /// <param name="noiseVariance">σ², above 0.</param>
    public GaussianPosterior(ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance, double noiseVariance)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(noiseVariance);
        if (covariance.Length != mean.Length * mean.Length)
            throw new ArgumentException($"GaussianPosterior: a covariance of {covariance.Length} numbers does not fit {mean.Length} dimensions");
        (this.mean, this.covariance, projected, noise) = (mean.ToArray(), covariance.ToArray(), new double[mean.Length], noiseVariance);
    }

    /// <summary>The prior N(0, τ²I).</summary>
    public GaussianPosterior(int dimensions, double priorVariance, double noiseVariance)
        : this(new double[dimensions], Diagonal(dimensions, priorVariance), noiseVariance)
    {
    }

    /// <summary>log p(y₁ … y_n | x₁ … x_n), in nats.</summary>
    public double LogEvidence { get; private set; }

    /// <summary>E[w | pairs].</summary>
    public ReadOnlySpan<double> Mean => mean;

    /// <summary>The mean of y at x.</summary>
    public double Predict(ReadOnlySpan<double> x) => LinearRegressor.Dot(mean, x);

    /// <summary>The variance of y at x, noise included: σ² + xᵀPx.</summary>
    public double Variance(ReadOnlySpan<double> x)
    {
        Project(x);
        return noise + LinearRegressor.Dot(projected, x);
    }

    /// <summary>log p(y | x, pairs so far), in nats.</summary>
    public double LogDensity(ReadOnlySpan<double> x, double y)
    {
        var (error, variance) = (y - Predict(x), Variance(x));
        return -0.5 * (Math.Log(2 * Math.PI * variance) + (error * error / variance));
    }

    /// <summary>Takes a pair in.</summary>
    public void Add(ReadOnlySpan<double> x, double y)
    {
        LogEvidence += LogDensity(x, y);
        var variance = noise + LinearRegressor.Dot(projected, x);
        var gain = (y - Predict(x)) / variance;
        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] += gain * projected[i];
            for (var j = 0; j < mean.Length; j++)
                covariance[i * mean.Length + j] -= projected[i] * projected[j] / variance;
        }
    }

    /// <summary>projected ← Px.</summary>
    private void Project(ReadOnlySpan<double> x)
    {
        for (var i = 0; i < mean.Length; i++)
            projected[i] = LinearRegressor.Dot(covariance.AsSpan(i * mean.Length, mean.Length), x);
    }

    private static double[] Diagonal(int dimensions, double value)
    {
        var matrix = new double[dimensions * dimensions];
        for (var i = 0; i < dimensions; i++)
            matrix[i * dimensions + i] = value;
        return matrix;
    }
}

using Attune.Tensors;

namespace Attune.Reproductions.BayesPrism;

/// <summary>
/// A family of functions f(x) = w·φ(x) whose weights come from a mixture of normals with diagonal covariance, seen with noise: y = f(x) + ε, ε ~ N(0, σ²).
/// Every family whose Bayes predictor is computed exactly here has this form: sparse weights are a mixture over supports, sign vectors one over points.
/// </summary>
/// <param name="Name">As a table shows it.</param>
/// <param name="Inputs">Numbers in x.</param>
/// <param name="Features">Numbers in φ(x).</param>
/// <param name="Components">The prior; the weights of the components sum to 1.</param>
/// <param name="NoiseVariance">σ², above 0, so that every likelihood is proper.</param>
internal sealed record FunctionFamily(string Name, int Inputs, int Features, IReadOnlyList<NormalComponent> Components, double NoiseVariance)
{
    /// <summary>Writes φ of x.</summary>
    public delegate void FeatureMap(ReadOnlySpan<double> x, Span<double> features);

    /// <summary>φ; by default φ(x) = x.</summary>
    public FeatureMap Map { get; init; } = (x, features) => x.CopyTo(features);

    /// <summary>Draws one coordinate of x; by default from N(0, 1).</summary>
    public Func<SeededRandom, double> DrawCoordinate { get; init; } = random => random.NextNormal();

    /// <summary>Draws a function, points and noisy values: a component, then weights of it, then <paramref name="points"/> pairs.</summary>
    public FunctionEpisode Draw(int points, SeededRandom random)
    {
        var component = DrawComponent(random);
        return Draw(points, component, DrawWeights(component, random), random);
    }

    /// <summary>Draws points and noisy values of a function that is given.</summary>
    public FunctionEpisode Draw(int points, int component, double[] weights, SeededRandom random)
    {
        var inputs = new double[points * Inputs];
        var (values, noisy) = (new double[points], new double[points]);
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = DrawCoordinate(random);
        var deviation = Math.Sqrt(NoiseVariance);
        for (var i = 0; i < points; i++)
        {
            values[i] = Value(weights, inputs.AsSpan(i * Inputs, Inputs));
            noisy[i] = values[i] + deviation * random.NextNormal();
        }
        return new FunctionEpisode(component, weights, inputs, values, noisy);
    }

    /// <summary>f(x) = w·φ(x).</summary>
    public double Value(ReadOnlySpan<double> weights, ReadOnlySpan<double> x)
    {
        Span<double> features = stackalloc double[Features];
        Map(x, features);
        return LinearRegressor.Dot(weights, features);
    }

    private int DrawComponent(SeededRandom random)
    {
        var left = random.NextDouble();
        for (var i = 0; i < Components.Count - 1; i++)
            if ((left -= Components[i].Weight) < 0)
                return i;
        return Components.Count - 1;
    }

    private double[] DrawWeights(int component, SeededRandom random)
    {
        var (mean, variance) = (Components[component].Mean, Components[component].Variance);
        var weights = new double[Features];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = mean[i] + Math.Sqrt(variance[i]) * random.NextNormal();
        return weights;
    }
}

using Attune.Tensors;

namespace Attune.Reproductions;

/// <summary>Pairs (x, y) of one task, in order.</summary>
/// <param name="X">[Length, Dimensions], row after row.</param>
/// <param name="Y">[Length].</param>
/// <param name="Weights">The w that made y, where there is one.</param>
public sealed record RegressionSequence(double[] X, double[] Y, double[] Weights)
{
    public int Length => Y.Length;

    public int Dimensions => X.Length / Y.Length;

    /// <summary>x of a pair.</summary>
    public ReadOnlySpan<double> Input(int i) => X.AsSpan(i * Dimensions, Dimensions);

    /// <summary>w ~ N(0, τ²I), x ~ N(0, I), y = w·x + σε.</summary>
    public static RegressionSequence Draw(SeededRandom random, int dimensions, int length, double noise = 0, double weightScale = 1)
    {
        var weights = new double[dimensions];
        for (var i = 0; i < dimensions; i++)
            weights[i] = weightScale * random.NextNormal();
        return Draw(random, weights, length, noise);
    }

    /// <summary>x ~ N(0, I), y = w·x + σε for a given w.</summary>
    public static RegressionSequence Draw(SeededRandom random, double[] weights, int length, double noise = 0)
    {
        var x = new double[length * weights.Length];
        var y = new double[length];
        for (var i = 0; i < length; i++)
        {
            var row = x.AsSpan(i * weights.Length, weights.Length);
            foreach (ref var value in row)
                value = random.NextNormal();
            y[i] = LinearRegressor.Dot(weights, row) + (noise > 0 ? noise * random.NextNormal() : 0);
        }
        return new RegressionSequence(x, y, weights);
    }

    /// <summary>What a regressor predicts at each pair from those before it: [Length].</summary>
    public double[] Predictions(IRegressor regressor)
    {
        var predictions = new double[Length];
        for (var i = 0; i < Length; i++)
            predictions[i] = regressor.Predict(X.AsSpan(0, i * Dimensions), Y.AsSpan(0, i), Input(i));
        return predictions;
    }
}

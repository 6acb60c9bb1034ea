using Attune.Tensors;

namespace Attune.Reproductions.ModelAveraging;

/// <summary>
/// Linear regression with a finite pool of weights and normal noise: y = w_z·x + ε. The posterior is softmax(−SSE_z/2σ²) over the pool, and the bound
/// T·regret ≤ ln |Z| holds for densities as for probabilities.
/// </summary>
internal sealed class RegressionPool(double[][] pool, double noiseVariance)
{
    /// <summary><paramref name="count"/> weight vectors of N(0, I).</summary>
    public static RegressionPool Draw(int count, int inputs, double noiseVariance, SeededRandom random) =>
        new([.. Enumerable.Range(0, count).Select(_ => Normals(inputs, random))], noiseVariance);

    /// <summary>P(z | data) = softmax(−SSE_z/2σ²) with an even prior; <paramref name="inputs"/> are rows.</summary>
    public double[] Posterior(IReadOnlyList<double[]> inputs, IReadOnlyList<double> values) =>
        LogWeights.Normalised([.. pool.Select(w => -SquaredError(w, inputs, values) / (2 * noiseVariance))]);

    /// <summary>T·regret of exact averaging in log density, T = 1 … <paramref name="length"/>, on one sequence drawn from the pool.</summary>
    public double[] DrawRegret(int length, SeededRandom random)
    {
        var truth = pool[random.Next(pool.Length)];
        var (logs, result, given) = (new double[pool.Length], new double[length], 0.0);
        for (var t = 0; t < length; t++)
        {
            var before = LogWeights.Sum(logs);
            var x = Normals(truth.Length, random);
            var y = LinearRegressor.Dot(truth, x) + Math.Sqrt(noiseVariance) * random.NextNormal();
            for (var z = 0; z < logs.Length; z++)
                logs[z] += LogDensity(y - LinearRegressor.Dot(pool[z], x));
            given += LogWeights.Sum(logs) - before;
            result[t] = logs.Max() - given;
        }
        return result;
    }

    private double LogDensity(double error) => -0.5 * (Math.Log(2 * Math.PI * noiseVariance) + error * error / noiseVariance);

    private static double SquaredError(double[] weights, IReadOnlyList<double[]> inputs, IReadOnlyList<double> values) =>
        Enumerable.Range(0, values.Count).Sum(i => (values[i] - LinearRegressor.Dot(weights, inputs[i])) * (values[i] - LinearRegressor.Dot(weights, inputs[i])));

    private static double[] Normals(int count, SeededRandom random) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
}

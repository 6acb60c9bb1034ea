namespace Attune.Reproductions;

/// <summary>Weights that are known by their logarithms; the largest is taken away before exponentials, so none overflows.</summary>
internal static class LogWeights
{
    /// <summary>ln Σ exp(l).</summary>
    public static double Sum(IReadOnlyList<double> logs)
    {
        var most = logs.Max();
        return most + Math.Log(logs.Sum(l => Math.Exp(l - most)));
    }

    /// <summary>exp(l)/Σ exp(l).</summary>
    public static double[] Normalised(IReadOnlyList<double> logs)
    {
        var most = logs.Max();
        double[] weights = [.. logs.Select(l => Math.Exp(l - most))];
        var total = weights.Sum();
        return [.. weights.Select(w => w / total)];
    }
}

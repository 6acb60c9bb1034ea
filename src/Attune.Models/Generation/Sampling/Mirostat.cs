namespace Attune.Models.Generation;

/// <summary>
/// Sampling that holds the surprise of the text near a target (Basu et al. 2021): tokens whose surprise is above μ go, and after each token
/// μ ← μ − η·(surprise − τ), in bits, the surprise being that under what was kept. μ begins at 2τ.
/// </summary>
internal sealed class Mirostat(int version, double target, double rate)
{
    /// <summary>Likeliest tokens that version 1 estimates Zipf's exponent from.</summary>
    private const int Estimated = 100;

    public double Mu { get; private set; } = 2 * target;

    /// <summary>Removes tokens from a row of logits, in place.</summary>
    public void Filter(Span<float> logits, SamplingWorkspace workspace)
    {
        if (version == 2)
        {
            Truncate(logits, Mu);
            return;
        }
        var (k, _) = Count(logits, Mu, Estimated, workspace);
        LogitFilters.TopK(logits, (int)Math.Clamp(Math.Round(k), 1, logits.Length), workspace);
    }

    /// <summary>Says which token was drawn from the filtered row.</summary>
    public void Drew(ReadOnlySpan<float> logits, int token)
    {
        var surprise = (Probabilities.LogSum(logits, Probabilities.Largest(logits)) - logits[token]) / Math.Log(2);
        Mu -= rate * (surprise - target);
    }

    /// <summary>Version 2: keeps tokens of a surprise of at most <paramref name="mu"/> bits, and the likeliest.</summary>
    public static void Truncate(Span<float> logits, double mu)
    {
        var largest = Probabilities.Largest(logits);
        var least = Math.Min(largest, Probabilities.LogSum(logits, largest) - mu * Math.Log(2));
        foreach (ref var x in logits)
            if (x < least)
                x = float.NegativeInfinity;
    }

    /// <summary>
    /// Version 1: with ŝ the slope of ln p over ln rank among the <paramref name="likeliest"/>, and ε = ŝ − 1, the k whose cut gives the surprise μ:
    /// (ε·2^μ/(1 − N^−ε))^(1/ŝ) (equations 29 and 30).
    /// </summary>
    public static (double K, double Exponent) Count(ReadOnlySpan<float> logits, double mu, int likeliest, SamplingWorkspace workspace)
    {
        var sorted = workspace.Keys(logits.Length);
        for (var i = 0; i < sorted.Length; i++)
            sorted[i] = -(double)logits[i];
        sorted.Sort();
        var (along, squares) = (0.0, 0.0);
        for (var i = 1; i < Math.Min(likeliest, sorted.Length) && double.IsFinite(sorted[i]); i++)
        {
            var step = Math.Log((i + 1.0) / i);
            along += step * (sorted[i] - sorted[i - 1]);
            squares += step * step;
        }
        // Equal probabilities have no slope: nothing is cut.
        if (along == 0)
            return (logits.Length, 0);
        var exponent = along / squares;
        var epsilon = exponent - 1;
        return (Math.Pow(epsilon * Math.Pow(2, mu) / (1 - Math.Pow(logits.Length, -epsilon)), 1 / exponent), exponent);
    }
}

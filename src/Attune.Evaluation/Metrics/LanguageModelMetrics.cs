namespace Attune.Evaluation.Metrics;

/// <summary>Metrics of token log-probabilities (natural logarithms), and of sampled programs.</summary>
public static class LanguageModelMetrics
{
    /// <summary>exp(−mean of ln p) over one or more tokens; infinite where a token is impossible.</summary>
    public static double Perplexity(ReadOnlySpan<double> tokenLogProbabilities)
    {
        Require.AtLeast("Perplexity", tokenLogProbabilities.Length, 1);
        return Math.Exp(-Sum("Perplexity", tokenLogProbabilities) / tokenLogProbabilities.Length);
    }

    /// <summary>−Σ ln p / (ln 2 · bytes), bytes being those of the text in UTF-8.</summary>
    public static double BitsPerByte(ReadOnlySpan<double> tokenLogProbabilities, long bytes)
    {
        Require.AtLeast("BitsPerByte", tokenLogProbabilities.Length, 1);
        Require.Positive("BitsPerByte", nameof(bytes), bytes);
        return -Sum("BitsPerByte", tokenLogProbabilities) / Math.Log(2) / bytes;
    }

    /// <summary>
    /// The chance that one of k samples passes, from <paramref name="correct"/> of <paramref name="n"/> that did (Chen et al. 2021,
    /// equation 1): 1 − C(n−c, k)/C(n, k), as the product of (1 − k/i) for i from n−c+1 to n.
    /// </summary>
    public static double PassAtK(int n, int correct, int k)
    {
        Require.AtLeast("PassAtK: n", n, 1);
        Require.Range("PassAtK", nameof(correct), correct, 0, n);
        Require.Range("PassAtK", nameof(k), k, 1, n);
        var none = 1.0;
        for (var i = n - correct + 1; i <= n; i++)
            none *= Math.Max(0, 1 - k / (double)i);
        return 1 - none;
    }

    private static double Sum(string subject, ReadOnlySpan<double> logProbabilities)
    {
        var sum = 0.0;
        foreach (var value in logProbabilities)
        {
            Require.Range(subject, "a log-probability", value, double.NegativeInfinity, 0);
            sum += value;
        }
        return sum;
    }
}

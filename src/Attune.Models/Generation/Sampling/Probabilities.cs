namespace Attune.Models.Generation;

/// <summary>Softmax in float64 over one row of logits, for filters and draws.</summary>
internal static class Probabilities
{
    /// <summary>The largest logit; −∞ where all tokens are removed, NaN if one is NaN.</summary>
    public static float Largest(ReadOnlySpan<float> logits)
    {
        var largest = float.NegativeInfinity;
        foreach (var x in logits)
            largest = MathF.Max(largest, x);
        return largest;
    }

    /// <summary>ln Σ eˣ, with the largest x taken out.</summary>
    public static double LogSum(ReadOnlySpan<float> logits, float largest)
    {
        var sum = 0.0;
        foreach (var x in logits)
            sum += Math.Exp((double)x - largest);
        return largest + Math.Log(sum);
    }

    /// <summary>−Σ p·ln p in nats; tokens of probability 0 add nothing.</summary>
    public static double Entropy(ReadOnlySpan<float> logits, double logSum)
    {
        var entropy = 0.0;
        foreach (var x in logits)
            if (!float.IsNegativeInfinity(x))
                entropy -= Math.Exp(x - logSum) * (x - logSum);
        return entropy;
    }

    /// <summary>The k-th largest of <paramref name="values"/>, k from 1; reorders them.</summary>
    public static double Select(Span<double> values, int k)
    {
        var (low, high, place) = (0, values.Length - 1, k - 1);
        while (low < high)
        {
            // The middle as pivot keeps sorted rows from taking quadratic time.
            var pivot = values[low + (high - low) / 2];
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (values[i] > pivot)
                    i++;
                while (values[j] < pivot)
                    j--;
                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }
            if (place <= j)
                high = j;
            else if (place >= i)
                low = i;
            else
                break;
        }
        return values[place];
    }
}

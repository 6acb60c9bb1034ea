namespace Attune.Models.Generation;

/// <summary>
/// What sampling does to one row of logits, in place; a removed token gets −∞, and a removed token stays removed. No filter removes
/// the likeliest token. Sums are in float64. The rules are those of transformers' logits processors; NaN must not be among the logits.
/// </summary>
internal static class LogitFilters
{
    private const float Removed = float.NegativeInfinity;

    /// <summary>x / t.</summary>
    public static void Temperature(Span<float> logits, double temperature)
    {
        foreach (ref var x in logits)
            x = (float)(x / temperature);
    }

    /// <summary>Keeps logits not below the k-th largest, so all that tie with it.</summary>
    public static void TopK(Span<float> logits, int k, SamplingWorkspace workspace)
    {
        if (k <= 0 || k >= logits.Length)
            return;
        var values = workspace.Values(logits.Length);
        for (var i = 0; i < values.Length; i++)
            values[i] = logits[i];
        RemoveBelow(logits, Probabilities.Select(values, k));
    }

    /// <summary>
    /// Nucleus sampling (Holtzman et al. 2020): keeps the likeliest tokens up to and with the one that crosses <paramref name="mass"/>,
    /// and at least <paramref name="least"/>. Among equal logits at the edge the lower ids stay.
    /// </summary>
    public static void TopP(Span<float> logits, double mass, SamplingWorkspace workspace, int least = 1)
    {
        if (mass >= 1)
            return;
        var logSum = Probabilities.LogSum(logits, Probabilities.Largest(logits));
        // Tokens this improbable cannot reach 1 − mass all together: they go without being sorted.
        var floor = logSum + Math.Log((1 - mass) / logits.Length);
        var count = 0;
        var ids = workspace.Ids(logits.Length);
        var keys = workspace.Keys(logits.Length);
        var dropped = 0.0;
        for (var i = 0; i < logits.Length; i++)
            if (logits[i] >= floor)
                (keys[count], ids[count++]) = (-(double)logits[i], i);
            else
                dropped += Math.Exp(logits[i] - logSum);
        if (count < least)
        {
            // A flat edge or a large minimum: sort all after all.
            (count, dropped) = (logits.Length, 0);
            for (var i = 0; i < count; i++)
                (keys[i], ids[i]) = (-(double)logits[i], i);
        }
        SortWithIds(keys[..count], ids);
        var kept = count;
        for (; kept > Math.Max(1, least); kept--)
        {
            dropped += Math.Exp(-keys[kept - 1] - logSum);
            if (dropped > 1 - mass)
                break;
        }
        KeepOnly(logits, ids[..kept], keys);
    }

    /// <summary>Keeps tokens at least <paramref name="share"/> as probable as the likeliest (Nguyen et al. 2024).</summary>
    public static void MinP(Span<float> logits, double share)
    {
        if (share > 0)
            RemoveBelow(logits, Probabilities.Largest(logits) + Math.Log(share));
    }

    /// <summary>
    /// Locally typical sampling (Meister et al. 2023): sorts by |−ln p − entropy| and keeps tokens up to and with the one that reaches
    /// <paramref name="mass"/>, and all that tie with it. It may drop the likeliest token.
    /// </summary>
    public static void TypicalP(Span<float> logits, double mass, SamplingWorkspace workspace)
    {
        if (mass >= 1)
            return;
        var logSum = Probabilities.LogSum(logits, Probabilities.Largest(logits));
        var entropy = Probabilities.Entropy(logits, logSum);
        var keys = workspace.Keys(logits.Length);
        var ids = workspace.Ids(logits.Length);
        for (var i = 0; i < logits.Length; i++)
            (keys[i], ids[i]) = (Math.Abs(logSum - logits[i] - entropy), i);
        SortWithIds(keys, ids);
        var (last, sum) = (0, 0.0);
        for (; last < keys.Length - 1; last++)
            if ((sum += Math.Exp(logits[ids[last]] - logSum)) >= mass)
                break;
        for (var i = last + 1; i < keys.Length; i++)
            if (keys[i] > keys[last])
                logits[ids[i]] = Removed;
    }

    /// <summary>Keeps tokens of at least this probability, and the likeliest (Hewitt et al. 2022).</summary>
    public static void Epsilon(Span<float> logits, double epsilon)
    {
        var largest = Probabilities.Largest(logits);
        RemoveBelow(logits, Math.Min(largest, Probabilities.LogSum(logits, largest) + Math.Log(epsilon)));
    }

    /// <summary>Keeps tokens of probability at least min(ε, √ε·e^−entropy), and the likeliest (Hewitt et al. 2022).</summary>
    public static void Eta(Span<float> logits, double epsilon)
    {
        var largest = Probabilities.Largest(logits);
        var logSum = Probabilities.LogSum(logits, largest);
        var threshold = Math.Min(Math.Log(epsilon), 0.5 * Math.Log(epsilon) - Probabilities.Entropy(logits, logSum));
        RemoveBelow(logits, Math.Min(largest, logSum + threshold));
    }

    /// <summary>Keeps logits ≥ max − n·σ, σ the biased standard deviation over tokens not yet removed (Tang et al. 2024).</summary>
    public static void TopNSigma(Span<float> logits, double n)
    {
        var (count, mean, squares) = (0, 0.0, 0.0);
        foreach (var x in logits)
            if (!float.IsNegativeInfinity(x))
            {
                // Welford's update: one pass, no cancellation.
                var difference = x - mean;
                mean += difference / ++count;
                squares += difference * (x - mean);
            }
        if (count > 0)
            RemoveBelow(logits, Probabilities.Largest(logits) - n * Math.Sqrt(squares / count));
    }

    private static void RemoveBelow(Span<float> logits, double limit)
    {
        foreach (ref var x in logits)
            if (x < limit)
                x = Removed;
    }

    /// <summary>Ascending by key, equal keys by id.</summary>
    private static void SortWithIds(Span<double> keys, Span<int> ids)
    {
        keys.Sort(ids[..keys.Length]);
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
                end++;
            if (end - start > 1)
                ids[start..end].Sort();
            start = end;
        }
    }

    private static void KeepOnly(Span<float> logits, ReadOnlySpan<int> ids, Span<double> scratch)
    {
        for (var i = 0; i < ids.Length; i++)
            scratch[i] = logits[ids[i]];
        logits.Fill(Removed);
        for (var i = 0; i < ids.Length; i++)
            logits[ids[i]] = (float)scratch[i];
    }
}

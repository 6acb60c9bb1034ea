namespace Attune.Tensors.Kernels;

/// <summary>The inverse frequencies θ_i of a <see cref="RopeSettings"/>, in float64.</summary>
internal static class RopeFrequencies
{
    public static double[] Compute(RopeSettings s)
    {
        var half = s.RotaryDims / 2;
        var theta = new double[half];
        var radix = s.Scaling == RopeScaling.Dynamic ? DynamicBase(s) : s.Base;
        for (var i = 0; i < half; i++)
            theta[i] = Math.Pow(radix, -2.0 * i / s.RotaryDims);
        if (s.Divisors is { } divisors)
            for (var i = 0; i < half; i++)
                theta[i] /= divisors[i];
        for (var i = 0; i < half; i++)
            theta[i] = s.Scaling switch
            {
                RopeScaling.Linear => theta[i] / s.Factor,
                RopeScaling.Llama3 => Llama3(s, theta[i]),
                RopeScaling.Yarn => Yarn(s, theta[i], i),
                RopeScaling.LongRope => theta[i] / (s.DynamicLength > s.OriginalContext ? s.LongDivisors : s.ShortDivisors)[i],
                _ => theta[i],
            };
        return theta;
    }

    /// <summary>What cos and sin are multiplied by.</summary>
    public static double AttentionFactor(RopeSettings s) => s.Scaling switch
    {
        RopeScaling.Yarn => s.AttentionFactor ?? (s.Factor <= 1 ? 1 : 0.1 * Math.Log(s.Factor) + 1),
        RopeScaling.LongRope => s.AttentionFactor ?? (s.Factor <= 1 ? 1 : Math.Sqrt(1 + Math.Log(s.Factor) / Math.Log(s.OriginalContext))),
        _ => 1,
    };

    private static double DynamicBase(RopeSettings s)
    {
        var length = Math.Max(s.DynamicLength, s.OriginalContext);
        var stretch = s.Factor * length / s.OriginalContext - (s.Factor - 1);
        return s.Base * Math.Pow(stretch, s.RotaryDims / (s.RotaryDims - 2.0));
    }

    private static double Llama3(RopeSettings s, double theta)
    {
        var wavelength = 2 * Math.PI / theta;
        if (wavelength < s.OriginalContext / s.HighFreqFactor)
            return theta;
        if (wavelength > s.OriginalContext / s.LowFreqFactor)
            return theta / s.Factor;
        var smooth = (s.OriginalContext / wavelength - s.LowFreqFactor) / (s.HighFreqFactor - s.LowFreqFactor);
        return (1 - smooth) * theta / s.Factor + smooth * theta;
    }

    private static double Yarn(RopeSettings s, double theta, int i)
    {
        var (first, last) = (Correction(s, s.BetaFast), Correction(s, s.BetaSlow));
        var low = Math.Max(0, s.Truncate ? Math.Floor(first) : first);
        var high = Math.Min(s.RotaryDims - 1, s.Truncate ? Math.Ceiling(last) : last);
        if (low == high)
            high += 0.001;
        var ramp = Math.Clamp((i - low) / (high - low), 0, 1);
        return theta / s.Factor * ramp + theta * (1 - ramp);
    }

    private static double Correction(RopeSettings s, double rotations) =>
        s.RotaryDims * Math.Log(s.OriginalContext / (rotations * 2 * Math.PI)) / (2 * Math.Log(s.Base));
}

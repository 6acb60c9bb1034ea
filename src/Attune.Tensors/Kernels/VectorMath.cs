using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Transcendental functions in vectors, the same bits at every width: each lane is one fixed sequence of rounded operations.
/// </summary>
internal static class VectorMath
{
    /// <summary>
    /// eˣ to about 1 ulp: 2ⁿ·p(r) with r = x − n·ln 2 in two parts, p of degree 6. 0 below −103.97, ∞ above 88.72, NaN stays.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var clamped = S.Min(S.Max(x, S.Set(-104f)), S.Set(89f));
        var n = S.Round(S.Multiply(clamped, S.Set(1.44269504f)));
        var r = S.Fma(n, S.Set(-0.693359375f), clamped);
        r = S.Fma(n, S.Set(2.12194440e-4f), r);
        var p = S.Set(1.9875691500e-4f);
        p = S.Fma(p, r, S.Set(1.3981999507e-3f));
        p = S.Fma(p, r, S.Set(8.3334519073e-3f));
        p = S.Fma(p, r, S.Set(4.1665795894e-2f));
        p = S.Fma(p, r, S.Set(1.6666665459e-1f));
        p = S.Fma(p, r, S.Set(5.0000001201e-1f));
        p = S.Add(S.Fma(p, S.Multiply(r, r), r), S.Set(1f));
        // 2ⁿ in two factors, since 2^−149…2^128 is beyond one exponent.
        var whole = S.ToInt(n);
        var half = S.ShiftRightArithmetic(whole, 1);
        return S.Multiply(S.Multiply(p, PowerOfTwo<S, V, I>(half)), PowerOfTwo<S, V, I>(S.SubtractInts(whole, half)));
    }

    /// <summary>1 / (1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Divide(S.Set(1f), S.Add(S.Set(1f), Exp<S, V, I>(S.Subtract(S.Set(0f), x))));

    /// <summary>tanh x: an odd polynomial where |x| is below 0.625, otherwise sign(x)·(1 − 2/(e^2|x| + 1)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var magnitude = S.AsFloat(S.And(S.AsInt(x), S.SetInt(0x7fffffff)));
        var sign = S.And(S.AsInt(x), S.SetInt(int.MinValue));
        var e = Exp<S, V, I>(S.Add(magnitude, magnitude));
        var large = S.Subtract(S.Set(1f), S.Divide(S.Set(2f), S.Add(e, S.Set(1f))));
        var z = S.Multiply(x, x);
        var p = S.Set(-5.70498872745e-3f);
        p = S.Fma(p, z, S.Set(2.06390887954e-2f));
        p = S.Fma(p, z, S.Set(-5.37397155531e-2f));
        p = S.Fma(p, z, S.Set(1.33314422036e-1f));
        p = S.Fma(p, z, S.Set(-3.33332819422e-1f));
        var small = S.Fma(S.Multiply(p, z), x, x);
        return S.Select(S.LessThan(magnitude, S.Set(0.625f)), small, S.AsFloat(S.Or(S.AsInt(large), sign)));
    }

    /// <summary>
    /// erf x: below 0.5 by its series; above as 1 − erfc, erfc = t·e^(−x² + p(t)) with t = 1/(1 + |x|/2) and p of degree 9
    /// (the well-known Chebyshev fit of relative error 1.2e-7).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var magnitude = S.AsFloat(S.And(S.AsInt(x), S.SetInt(0x7fffffff)));
        var sign = S.And(S.AsInt(x), S.SetInt(int.MinValue));
        var t = S.Divide(S.Set(1f), S.Fma(magnitude, S.Set(0.5f), S.Set(1f)));
        var p = S.Set(0.17087277f);
        p = S.Fma(p, t, S.Set(-0.82215223f));
        p = S.Fma(p, t, S.Set(1.48851587f));
        p = S.Fma(p, t, S.Set(-1.13520398f));
        p = S.Fma(p, t, S.Set(0.27886807f));
        p = S.Fma(p, t, S.Set(-0.18628806f));
        p = S.Fma(p, t, S.Set(0.09678418f));
        p = S.Fma(p, t, S.Set(0.37409196f));
        p = S.Fma(p, t, S.Set(1.00002368f));
        p = S.Fma(p, t, S.Set(-1.26551223f));
        var erfc = S.Multiply(t, Exp<S, V, I>(S.Subtract(p, S.Multiply(magnitude, magnitude))));
        var large = S.Subtract(S.Set(1f), erfc);
        var z = S.Multiply(x, x);
        // Maclaurin series 2/√π·Σ (−1)ⁿ x^(2n+1)/(n!(2n+1)) to n = 7: exact to float32 below 0.5.
        var q = S.Set(-1.4925650e-5f);
        q = S.Fma(q, z, S.Set(1.2055333e-4f));
        q = S.Fma(q, z, S.Set(-8.5483270e-4f));
        q = S.Fma(q, z, S.Set(5.2239776e-3f));
        q = S.Fma(q, z, S.Set(-2.6866171e-2f));
        q = S.Fma(q, z, S.Set(1.1283792e-1f));
        q = S.Fma(q, z, S.Set(-3.7612639e-1f));
        q = S.Fma(q, z, S.Set(1.1283792f));
        var small = S.Multiply(q, x);
        return S.Select(S.LessThan(magnitude, S.Set(0.5f)), small, S.AsFloat(S.Or(S.AsInt(large), sign)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwo<S, V, I>(I n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.AsFloat(S.ShiftLeft(S.AddInts(n, S.SetInt(127)), 23));
}

using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// exp and tanh in vector lanes, made of exactly rounded steps only, so with the same bits at every width and on every processor.
/// </summary>
internal static class AttentionExp
{
    /// <summary>
    /// eˣ within about one unit in the last place: x = n·ln 2 + r, eˣ = 2ⁿ·eʳ, |r| ≤ ln 2 / 2, eʳ by a polynomial fitted at
    /// Chebyshev nodes. e^−∞ = 0, e^∞ = ∞, results below 2⁻¹²⁶ are rounded to subnormals, NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        // Beyond these bounds the result is 0 or ∞ all the same, and n fits. Comparisons with NaN are false: it stays.
        x = S.Select(S.LessThan(x, S.Set(-104)), S.Set(-104), x);
        x = S.Select(S.LessThan(S.Set(89), x), S.Set(89), x);
        var n = S.Round(S.Multiply(x, S.Set(1.44269504f)));
        var r = S.Fma(n, S.Set(-0.693359375f), x);
        r = S.Fma(n, S.Set(2.12194440e-4f), r);
        var p = S.Fma(S.Set(0.00139261771f), r, S.Set(0.00836317427f));
        p = S.Fma(p, r, S.Set(0.04166655615f));
        p = S.Fma(p, r, S.Set(0.16666577756f));
        p = S.Fma(p, r, S.Set(0.5f));
        p = S.Add(S.Fma(S.Multiply(r, r), p, r), S.Set(1));
        // 2ⁿ in two factors, since 2⁻¹⁵⁰ and 2¹²⁸ are no normal numbers.
        var whole = S.ToInt(n);
        var half = S.ShiftRightArithmetic(whole, 1);
        var rest = S.ShiftRightArithmetic(S.AddInts(whole, S.SetInt(1)), 1);
        return S.Multiply(S.Multiply(p, PowerOfTwo<S, V, I>(half)), PowerOfTwo<S, V, I>(rest));
    }

    /// <summary>tanh x within about two units in the last place: an odd polynomial below 0.6, 1 − 2/(e²ˣ + 1) above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var bits = S.AsInt(x);
        var sign = S.And(bits, S.SetInt(int.MinValue));
        var size = S.AsFloat(S.And(bits, S.SetInt(int.MaxValue)));
        var u = S.Multiply(x, x);
        var p = S.Fma(S.Set(0.00237076567f), u, S.Set(-0.00841007102f));
        p = S.Fma(p, u, S.Set(0.02178832144f));
        p = S.Fma(p, u, S.Set(-0.05396155268f));
        p = S.Fma(p, u, S.Set(0.13333313167f));
        p = S.Fma(p, u, S.Set(-0.33333334327f));
        var small = S.Fma(S.Multiply(u, size), p, size);
        var e = Exp<S, V, I>(S.Add(size, size));
        var large = S.Subtract(S.Set(1), S.Divide(S.Set(2), S.Add(e, S.Set(1))));
        var y = S.Select(S.LessThan(size, S.Set(0.6f)), small, large);
        return S.AsFloat(S.Or(S.AsInt(y), sign));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwo<S, V, I>(I n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.AsFloat(S.ShiftLeft(S.AddInts(n, S.SetInt(127)), 23));
}

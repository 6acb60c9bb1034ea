using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Transcendental functions in vectors, the same bits at every width: each lane is one fixed sequence of exactly rounded operations.
/// Polynomials interpolate at Chebyshev nodes of the stated interval, computed in float64 and rounded.
/// </summary>
internal static class VectorMath
{
    /// <summary>
    /// eˣ to about 1 ulp: x = n·ln 2 + r with |r| ≤ ln 2 / 2, eˣ = 2ⁿ·(1 + r + r²·q(r)), q of degree 4 (relative error 1e-8).
    /// 0 below −103.97, subnormals above, ∞ beyond 88.72, NaN stays.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        // Beyond these bounds the result is 0 or ∞ anyway, and n fits an exponent. Comparisons with NaN are false, so it stays.
        x = S.AtMost(S.AtLeast(x, S.Set(-104f)), S.Set(89f));
        var n = S.Round(S.Multiply(x, S.Set(1.44269502f)));
        // ln 2 in two parts, the first of 15 bits, so that n times it is exact.
        var r = S.Fma(n, S.Set(-0.693145751953125f), x);
        r = S.Fma(n, S.Set(-1.42860682e-6f), r);
        var q = S.Fma(S.Set(0.00139261761f), r, S.Set(0.00836317307f));
        q = S.Fma(q, r, S.Set(0.0416665547f));
        q = S.Fma(q, r, S.Set(0.16666577f));
        q = S.Fma(q, r, S.Set(0.5f));
        var p = S.Add(S.Fma(S.Multiply(r, r), q, r), S.Set(1f));
        return S.Scale(p, n);
    }

    /// <summary>a·2ⁿ for whole n: in two factors, since 2⁻¹⁵⁰ and 2¹²⁸ are beyond one exponent. Only the second product can round.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V TwoFactors<S, V, I>(V a, V n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var whole = S.ToInt(n);
        var half = S.ShiftRightArithmetic(whole, 1);
        return S.Multiply(S.Multiply(a, PowerOfTwo<S, V, I>(half)), PowerOfTwo<S, V, I>(S.SubtractInts(whole, half)));
    }

    /// <summary>1 / (1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Divide(S.Set(1f), S.Add(S.Set(1f), Exp<S, V, I>(S.Subtract(S.Set(0f), x))));

    /// <summary>tanh x: x + x³·p(x²) with p of degree 4 where |x| is below 0.625, otherwise sign(x)·(1 − 2/(e^2|x| + 1)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var magnitude = Magnitude<S, V, I>(x);
        var e = Exp<S, V, I>(S.Add(magnitude, magnitude));
        var large = S.Subtract(S.Set(1f), S.Divide(S.Set(2f), S.Add(e, S.Set(1f))));
        var z = S.Multiply(x, x);
        var p = S.Fma(S.Set(-0.00609671416f), z, S.Set(0.020997179f));
        p = S.Fma(p, z, S.Set(-0.0538509096f));
        p = S.Fma(p, z, S.Set(0.133327697f));
        p = S.Fma(p, z, S.Set(-0.333333289f));
        var small = S.Fma(S.Multiply(p, z), x, x);
        return S.Select(S.LessThan(magnitude, S.Set(0.625f)), small, WithSignOf<S, V, I>(large, x));
    }

    /// <summary>
    /// erf x to an absolute error of 1.5e-7: x·p(x²) with p of degree 6 where |x| is below 1, otherwise sign(x)·(1 − e^q(|x| − 2))
    /// with q, of degree 8, for ln erfc on [1, 4]; 1 beyond.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var magnitude = Magnitude<S, V, I>(x);
        var u = S.Subtract(S.Select(S.LessThan(S.Set(4f), magnitude), S.Set(4f), magnitude), S.Set(2f));
        var q = S.Fma(S.Set(1.63715142e-6f), u, S.Set(-1.98636201e-5f));
        q = S.Fma(q, u, S.Set(0.000135353986f));
        q = S.Fma(q, u, S.Set(-0.000733360537f));
        q = S.Fma(q, u, S.Set(0.00357086824f));
        q = S.Fma(q, u, S.Set(-0.0164646751f));
        q = S.Fma(q, u, S.Set(-0.923750868f));
        q = S.Fma(q, u, S.Set(-4.41816087f));
        q = S.Fma(q, u, S.Set(-5.36494127f));
        var large = S.Subtract(S.Set(1f), Exp<S, V, I>(q));
        var z = S.Multiply(x, x);
        var p = S.Fma(S.Set(7.87587506e-5f), z, S.Set(-0.000801686429f));
        p = S.Fma(p, z, S.Set(0.00518908742f));
        p = S.Fma(p, z, S.Set(-0.026854212f));
        p = S.Fma(p, z, S.Set(0.112835947f));
        p = S.Fma(p, z, S.Set(-0.376126267f));
        p = S.Fma(p, z, S.Set(1.12837917f));
        return S.Select(S.LessThan(magnitude, S.Set(1f)), S.Multiply(p, x), WithSignOf<S, V, I>(large, x));
    }

    /// <summary>
    /// ln x to about 1 ulp: x = m·2ᵉ with m in [√½, √2), r = m − 1, ln x = e·ln 2 + r + r²·q(r), q of degree 8 (relative error 1.4e-8).
    /// −∞ of 0, NaN below, ∞ and NaN stay, subnormals count.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var small = S.LessThan(x, S.Set(1.17549435e-38f));
        var bits = S.AsInt(S.Select(small, S.Multiply(x, S.Set(8388608f)), x));
        var exponent = S.ShiftRightArithmetic(S.SubtractInts(bits, S.SetInt(0x3f3504f3)), 23);
        var r = S.Subtract(S.AsFloat(S.SubtractInts(bits, S.ShiftLeft(exponent, 23))), S.Set(1f));
        var e = S.Subtract(S.ToFloat(exponent), S.Select(small, S.Set(23f), S.Set(0f)));
        var q = S.Fma(S.Set(-0.0767364129f), r, S.Set(0.127226725f));
        q = S.Fma(q, r, S.Set(-0.13127555f));
        q = S.Fma(q, r, S.Set(0.142048553f));
        q = S.Fma(q, r, S.Set(-0.166266456f));
        q = S.Fma(q, r, S.Set(0.200012341f));
        q = S.Fma(q, r, S.Set(-0.250007808f));
        q = S.Fma(q, r, S.Set(0.333333313f));
        q = S.Fma(q, r, S.Set(-0.49999997f));
        // ln 2 in two parts, the first of 15 bits, so that e times it is exact.
        var rest = S.Fma(S.Multiply(r, r), q, S.Multiply(e, S.Set(1.42860682e-6f)));
        var value = S.Fma(e, S.Set(0.693145751953125f), S.Add(r, rest));
        value = S.Select(S.LessThan(S.Set(float.MaxValue), x), x, value);
        var outside = S.Select(S.LessThan(x, S.Set(0f)), S.Set(float.NaN), S.Add(x, S.Set(float.NegativeInfinity)));
        return S.Select(S.LessThan(S.Set(0f), x), value, outside);
    }

    /// <summary>ln(1 + u) for u in [0, 1]: u·p(u − ½), p of degree 9 (relative error 5e-8); NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogOnePlus<S, V, I>(V u)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var t = S.Subtract(u, S.Set(0.5f));
        var p = S.Fma(S.Set(-0.00317605701f), t, S.Set(0.00525027048f));
        p = S.Fma(p, t, S.Set(-0.00678801676f));
        p = S.Fma(p, t, S.Set(0.0115776854f));
        p = S.Fma(p, t, S.Set(-0.0205631834f));
        p = S.Fma(p, t, S.Set(0.036635235f));
        p = S.Fma(p, t, S.Set(-0.0676881894f));
        p = S.Fma(p, t, S.Set(0.13260901f));
        p = S.Fma(p, t, S.Set(-0.288527101f));
        p = S.Fma(p, t, S.Set(0.810930192f));
        return S.Multiply(p, u);
    }

    /// <summary>|x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Magnitude<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.AsFloat(S.And(S.AsInt(x), S.SetInt(0x7fffffff)));

    /// <summary>A value without a sign, given that of <paramref name="x"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V WithSignOf<S, V, I>(V value, V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.AsFloat(S.Or(S.AsInt(value), S.And(S.AsInt(x), S.SetInt(int.MinValue))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwo<S, V, I>(I n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.AsFloat(S.ShiftLeft(S.AddInts(n, S.SetInt(127)), 23));
}

using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>The three forms of GELU.</summary>
internal static class Gelu
{
    private const float InverseRootTwo = 0.70710678f;
    private const float InverseRootTwoPi = 0.39894228f;
    private const float RootTwoOverPi = 0.79788456f;
    private const float Cubic = 0.044715f;

    /// <summary>x·Φ(x) = ½x(1 + erf(x/√2)) (Hendrycks and Gimpel 2016).</summary>
    public readonly struct ByErf : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var half = S.Multiply(x, S.Set(0.5f));
            return S.Fma(half, VectorMath.Erf<S, V, I>(S.Multiply(x, S.Set(InverseRootTwo))), half);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            // Φ(x) + x·φ(x)
            var cdf = S.Fma(S.Set(0.5f), VectorMath.Erf<S, V, I>(S.Multiply(x, S.Set(InverseRootTwo))), S.Set(0.5f));
            var density = S.Multiply(S.Set(InverseRootTwoPi), VectorMath.Exp<S, V, I>(S.Multiply(S.Set(-0.5f), S.Multiply(x, x))));
            return S.Fma(x, density, cdf);
        }
    }

    /// <summary>½x(1 + tanh(√(2/π)(x + 0.044715x³))), the approximation of the same paper.</summary>
    public readonly struct ByTanh : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var half = S.Multiply(x, S.Set(0.5f));
            return S.Fma(half, VectorMath.Tanh<S, V, I>(Inner<S, V, I>(x)), half);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            // ½(1 + t) + ½x(1 − t²)·√(2/π)(1 + 3·0.044715x²), t = tanh(inner)
            var t = VectorMath.Tanh<S, V, I>(Inner<S, V, I>(x));
            var inner = S.Multiply(S.Set(RootTwoOverPi), S.Fma(S.Multiply(x, x), S.Set(3 * Cubic), S.Set(1)));
            var rest = S.Multiply(S.Multiply(S.Set(0.5f), x), S.Multiply(S.Multiply(S.Subtract(S.Set(1), t), S.Add(S.Set(1), t)), inner));
            return S.Fma(S.Set(0.5f), t, S.Add(S.Set(0.5f), rest));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Inner<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(S.Set(RootTwoOverPi), S.Fma(S.Multiply(S.Multiply(x, x), x), S.Set(Cubic), x));
    }

    /// <summary>x·σ(1.702x), the approximation that CLIP uses.</summary>
    public readonly struct Quick : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(x, VectorMath.Sigmoid<S, V, I>(S.Multiply(x, S.Set(1.702f))));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            // σ + 1.702x·σ·(1 − σ)
            var scaled = S.Multiply(x, S.Set(1.702f));
            var sigmoid = VectorMath.Sigmoid<S, V, I>(scaled);
            return S.Fma(S.Multiply(scaled, sigmoid), S.Subtract(S.Set(1), sigmoid), sigmoid);
        }
    }
}

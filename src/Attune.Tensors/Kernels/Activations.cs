using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>Activations with one exponential or none.</summary>
internal static class Activations
{
    /// <summary>x·σ(x), σ(x) = 1/(1 + e^−x) (Elfwing et al. 2017).</summary>
    public readonly struct Silu : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(x, S.Add(S.Set(1), VectorMath.Exp<S, V, I>(S.Subtract(S.Set(0), x))));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            // σ + x·σ·(1 − σ)
            var sigmoid = VectorMath.Sigmoid<S, V, I>(x);
            return S.Fma(S.Multiply(x, sigmoid), S.Subtract(S.Set(1), sigmoid), sigmoid);
        }
    }

    /// <summary>1/(1 + e^−x).</summary>
    public readonly struct Sigmoid : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => VectorMath.Sigmoid<S, V, I>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var y = VectorMath.Sigmoid<S, V, I>(x);
            return S.Multiply(y, S.Subtract(S.Set(1), y));
        }
    }

    /// <summary>tanh x.</summary>
    public readonly struct Tanh : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => VectorMath.Tanh<S, V, I>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var y = VectorMath.Tanh<S, V, I>(x);
            return S.Multiply(S.Subtract(S.Set(1), y), S.Add(S.Set(1), y));
        }
    }

    /// <summary>max(x, 0); slope 0 at 0; NaN stays.</summary>
    public readonly struct Relu : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(x, S.Set(0)), S.Set(0), x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(S.Set(0), x), S.Set(1), S.Set(0));
    }
}

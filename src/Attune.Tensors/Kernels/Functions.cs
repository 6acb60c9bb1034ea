using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>Functions of one variable in vectors; p and q are their constants.</summary>
internal static class Functions
{
    /// <summary>eˣ.</summary>
    public readonly struct Exp : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => VectorMath.Exp<S, V, I>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => VectorMath.Exp<S, V, I>(x);
    }

    /// <summary>ln x; NaN below 0.</summary>
    public readonly struct Log : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => VectorMath.Log<S, V, I>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(S.Set(1), x);
    }

    /// <summary>√x.</summary>
    public readonly struct Sqrt : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Sqrt(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(S.Set(0.5f), S.Sqrt(x));
    }

    /// <summary>1/√x.</summary>
    public readonly struct ReciprocalSqrt : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(S.Set(1), S.Sqrt(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(S.Set(-0.5f), S.Multiply(x, S.Sqrt(x)));
    }

    /// <summary>1/x.</summary>
    public readonly struct Reciprocal : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(S.Set(1), x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(S.Set(-1), S.Multiply(x, x));
    }

    /// <summary>x².</summary>
    public readonly struct Square : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(x, x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Add(x, x);
    }

    /// <summary>|x|; slope 0 at 0.</summary>
    public readonly struct Abs : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => VectorMath.Magnitude<S, V, I>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(S.Set(0), x), S.Set(1), S.Select(S.LessThan(x, S.Set(0)), S.Set(-1), S.Set(0)));
    }

    /// <summary>x within [p, q]; the bounds pass the gradient; NaN stays.</summary>
    public readonly struct Clamp : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.AtMost(S.AtLeast(x, p), q);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(x, p), S.Set(0), S.Select(S.LessThan(q, x), S.Set(0), S.Set(1)));
    }

    /// <summary>x + p.</summary>
    public readonly struct AddScalar : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Add(x, p);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Set(1);
    }

    /// <summary>max(x, 0)².</summary>
    public readonly struct SquaredRelu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(Activations.Relu.Value<S, V, I>(x), Activations.Relu.Value<S, V, I>(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(S.Set(2), Activations.Relu.Value<S, V, I>(x));
    }

    /// <summary>x, or p·x where x is not above 0.</summary>
    public readonly struct LeakyRelu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(S.Set(0), x), x, S.Multiply(x, p));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(S.Set(0), x), S.Set(1), p);
    }

    /// <summary>x·min(max(x + 3, 0), 6)/6.</summary>
    public readonly struct HardSwish : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(x, Gate<S, V, I>(x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(S.Set(-3), x), S.Select(S.LessThan(x, S.Set(3)), S.Fma(x, S.Set(1 / 3f), S.Set(0.5f)), S.Set(1)), S.Set(0));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Gate<S, V, I>(V x)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(S.AtMost(S.AtLeast(S.Add(x, S.Set(3)), S.Set(0)), S.Set(6)), S.Set(1 / 6f));
    }

    /// <summary>erf x.</summary>
    public readonly struct Erf : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => VectorMath.Erf<S, V, I>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(S.Set(1.12837917f), VectorMath.Exp<S, V, I>(S.Multiply(S.Subtract(S.Set(0), x), x)));
    }

    /// <summary>p·tanh(x/p) with q = 1/p, as Gemma 2 bounds logits.</summary>
    public readonly struct SoftCap : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(p, VectorMath.Tanh<S, V, I>(S.Multiply(x, q)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var t = VectorMath.Tanh<S, V, I>(S.Multiply(x, q));
            return S.Multiply(S.Subtract(S.Set(1), t), S.Add(S.Set(1), t));
        }
    }

    /// <summary>ln(1 + e^(p·x))/p = max(x, 0) + ln(1 + e^−|p·x|)/p; x where p·x is above q.</summary>
    public readonly struct Softplus : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var scaled = S.Multiply(x, p);
            var rest = VectorMath.LogOnePlus<S, V, I>(VectorMath.Exp<S, V, I>(S.Subtract(S.Set(0), VectorMath.Magnitude<S, V, I>(scaled))));
            var value = S.Add(S.AtLeast(x, S.Set(0)), S.Divide(rest, p));
            return S.Select(S.LessThan(q, scaled), x, value);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Slope<S, V, I>(V x, V p, V q)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var scaled = S.Multiply(x, p);
            return S.Select(S.LessThan(q, scaled), S.Set(1), VectorMath.Sigmoid<S, V, I>(scaled));
        }
    }
}

using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>Functions of two variables in vectors.</summary>
internal static class BinaryFunctions
{
    /// <summary>a + b.</summary>
    public readonly struct Sum : IBinary
    {
        public static bool ReadsInputs => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Add(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeA<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Set(1);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeB<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Set(1);
    }

    /// <summary>a − b.</summary>
    public readonly struct Difference : IBinary
    {
        public static bool ReadsInputs => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Subtract(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeA<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Set(1);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeB<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Set(-1);
    }

    /// <summary>a·b.</summary>
    public readonly struct Product : IBinary
    {
        public static bool ReadsInputs => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeA<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeB<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => a;
    }

    /// <summary>a/b.</summary>
    public readonly struct Quotient : IBinary
    {
        public static bool ReadsInputs => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeA<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(S.Set(1), b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeB<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Divide(S.Subtract(S.Set(0), a), S.Multiply(b, b));
    }

    /// <summary>The larger one; equal ones share the gradient.</summary>
    public readonly struct Largest : IBinary
    {
        public static bool ReadsInputs => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Max(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeA<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(b, a), S.Set(1), S.Select(S.LessThan(a, b), S.Set(0), S.Set(0.5f)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeB<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(a, b), S.Set(1), S.Select(S.LessThan(b, a), S.Set(0), S.Set(0.5f)));
    }

    /// <summary>The smaller one; equal ones share the gradient.</summary>
    public readonly struct Smallest : IBinary
    {
        public static bool ReadsInputs => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Min(a, b);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeA<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(a, b), S.Set(1), S.Select(S.LessThan(b, a), S.Set(0), S.Set(0.5f)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeB<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Select(S.LessThan(b, a), S.Set(1), S.Select(S.LessThan(a, b), S.Set(0), S.Set(0.5f)));
    }

    /// <summary>aᵇ = e^(b·ln a), for a above 0.</summary>
    public readonly struct Power : IBinary
    {
        public static bool ReadsInputs => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Value<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => VectorMath.Exp<S, V, I>(S.Multiply(b, VectorMath.Log<S, V, I>(a)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeA<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(b, VectorMath.Exp<S, V, I>(S.Multiply(S.Subtract(b, S.Set(1)), VectorMath.Log<S, V, I>(a))));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V SlopeB<S, V, I>(V a, V b)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Multiply(VectorMath.Log<S, V, I>(a), Value<S, V, I>(a, b));
    }
}

using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Sums over a row in a fixed order: lane l of sixteen adds elements l, l + 16, l + 32, …, then the lanes are added as a tree. So the
/// sum is the same at every vector width. The lanes live in registers: one vector of sixteen, two of eight, four of four.
/// </summary>
internal static unsafe class LaneSums
{
    public const int Lanes = 16;

    /// <summary>What one element adds to its lane.</summary>
    private interface ITerm
    {
        static abstract V Add<S, V, I>(float* a, float* b, V shift, V sum)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct;
    }

    /// <summary>Σ a[i].</summary>
    public static float Sum<S, V, I>(float* a, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => Run<Plain, S, V, I>(a, a, 0, n);

    /// <summary>Σ a[i] of a long row: blocks of 1,024 by <see cref="Sum"/>, added in float64 in order.</summary>
    public static double LongSum<S, V, I>(float* a, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        const int Block = 1024;
        var sum = 0.0;
        for (var start = 0; start < n; start += Block)
            sum += Sum<S, V, I>(a + start, Math.Min(Block, n - start));
        return sum;
    }

    /// <summary>Σ a[i]·b[i].</summary>
    public static float Dot<S, V, I>(float* a, float* b, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => Run<Product, S, V, I>(a, b, 0, n);

    /// <summary>Σ (a[i] − centre).</summary>
    public static float SumAbout<S, V, I>(float* a, float centre, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => Run<Difference, S, V, I>(a, a, centre, n);

    /// <summary>Σ (a[i] − centre)².</summary>
    public static float SquaresAbout<S, V, I>(float* a, float centre, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => Run<Square, S, V, I>(a, a, centre, n);

    /// <summary>Σ a[i]·(b[i] − centre).</summary>
    public static float DotAbout<S, V, I>(float* a, float* b, float centre, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => Run<CentredProduct, S, V, I>(a, b, centre, n);

    /// <summary>The lanes' sum: neighbours eight apart, then four, two, one.</summary>
    public static float Tree(float* lanes)
    {
        for (var step = Lanes / 2; step > 0; step /= 2)
            for (var i = 0; i < step; i++)
                lanes[i] += lanes[i + step];
        return lanes[0];
    }

    /// <summary>The same sum, in registers.</summary>
    public static float Halves<S, V, I>(float* lanes)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Width switch
        {
            16 => S.SumByHalves(S.Load(lanes)),
            8 => S.SumByHalves(S.Add(S.Load(lanes), S.Load(lanes + 8))),
            4 => S.SumByHalves(S.Add(S.Add(S.Load(lanes), S.Load(lanes + 8)), S.Add(S.Load(lanes + 4), S.Load(lanes + 12)))),
            _ => Tree(lanes),
        };

    private static float Run<T, S, V, I>(float* a, float* b, float shift, int n)
        where T : struct, ITerm
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var lanes = stackalloc float[Lanes];
        var end = n & ~(Lanes - 1);
        if (S.Width >= 4)
            Vectors<T, S, V, I>(a, b, shift, end, lanes);
        else
            Scalars<T, S, V, I>(a, b, shift, end, lanes);
        for (var i = end; i < n; i++)
            lanes[i - end] = T.Add<SimdScalar, float, int>(a + i, b + i, shift, lanes[i - end]);
        return Halves<S, V, I>(lanes);
    }

    private static void Vectors<T, S, V, I>(float* a, float* b, float shift, int end, float* lanes)
        where T : struct, ITerm
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V c = S.Set(shift), s0 = S.Set(0), s1 = s0, s2 = s0, s3 = s0;
        for (var i = 0; i < end; i += Lanes)
        {
            s0 = T.Add<S, V, I>(a + i, b + i, c, s0);
            if (S.Width <= 8)
                s1 = T.Add<S, V, I>(a + i + S.Width, b + i + S.Width, c, s1);
            if (S.Width > 4)
                continue;
            s2 = T.Add<S, V, I>(a + i + 8, b + i + 8, c, s2);
            s3 = T.Add<S, V, I>(a + i + 12, b + i + 12, c, s3);
        }
        S.Store(s0, lanes);
        if (S.Width <= 8)
            S.Store(s1, lanes + S.Width);
        if (S.Width > 4)
            return;
        S.Store(s2, lanes + 8);
        S.Store(s3, lanes + 12);
    }

    private static void Scalars<T, S, V, I>(float* a, float* b, float shift, int end, float* lanes)
        where T : struct, ITerm
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        new Span<float>(lanes, Lanes).Clear();
        for (var i = 0; i < end; i++)
            lanes[i % Lanes] = T.Add<SimdScalar, float, int>(a + i, b + i, shift, lanes[i % Lanes]);
    }

    private readonly struct Plain : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add<S, V, I>(float* a, float* b, V shift, V sum)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Add(S.Load(a), sum);
    }

    private readonly struct Product : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add<S, V, I>(float* a, float* b, V shift, V sum)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Fma(S.Load(a), S.Load(b), sum);
    }

    private readonly struct Difference : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add<S, V, I>(float* a, float* b, V shift, V sum)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Add(S.Subtract(S.Load(a), shift), sum);
    }

    private readonly struct Square : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add<S, V, I>(float* a, float* b, V shift, V sum)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
        {
            var d = S.Subtract(S.Load(a), shift);
            return S.Fma(d, d, sum);
        }
    }

    private readonly struct CentredProduct : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add<S, V, I>(float* a, float* b, V shift, V sum)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Fma(S.Load(a), S.Subtract(S.Load(b), shift), sum);
    }
}

using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Steps of a softmax over rows of scores in tiles of 16 keys: tile t of a row stands t·step floats behind its first. Sums run in 16
/// lanes at every width, by key modulo 16; a masked score counts as exactly 0, so further tiles beside a row's own change nothing.
/// </summary>
internal static unsafe class AttentionSoftmax
{
    /// <summary>Rows at once: as many independent chains as hide the latency of an addition.</summary>
    public const int Rows = 4;

    private static ReadOnlySpan<float> Lanes => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    /// <summary>s = cap · tanh(s / cap).</summary>
    public static void Cap<S, V, I>(float* s, int tiles, long step, float cap)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var bound = S.Set(cap);
        for (; tiles > 0; tiles--, s += step)
            for (var i = 0; i < 16; i += S.Width)
                S.Store(S.Multiply(bound, VectorMath.Tanh<S, V, I>(S.Divide(S.Load(s + i), bound))), s + i);
    }

    /// <summary>s = <paramref name="value"/> outside the keys [from, to) of the row.</summary>
    public static void Mask<S, V, I>(float* s, int tiles, long step, int from, int to, float value)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (var t = 0; t < tiles && t * 16 < from; t++)
            MaskTile<S, V, I>(s + t * step, from - t * 16, 16, value);
        for (var t = to / 16; t < tiles; t++)
            MaskTile<S, V, I>(s + t * step, 0, to - t * 16, value);
    }

    private static void MaskTile<S, V, I>(float* s, int from, int to, float value)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V low = S.Set(from), high = S.Set(to), outside = S.Set(value);
        fixed (float* lanes = Lanes)
            for (var i = 0; i < 16; i += S.Width)
            {
                var lane = S.Load(lanes + i);
                var x = S.Select(S.LessThan(lane, high), S.Load(s + i), outside);
                S.Store(S.Select(S.LessThan(lane, low), outside, x), s + i);
            }
    }

    /// <summary>The largest of each of four rows, 16 floats apart. A NaN may be passed over: the exponentials' sum becomes NaN all the same.</summary>
    public static void Max<S, V, I>(float* s, int tiles, long step, float* max)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V m0 = S.Load(s), m1 = S.Load(s + 16), m2 = S.Load(s + 32), m3 = S.Load(s + 48);
        for (; tiles > 0; tiles--, s += step)
            for (var i = 0; i < 16; i += S.Width)
            {
                m0 = S.AtLeast(S.Load(s + i), m0);
                m1 = S.AtLeast(S.Load(s + i + 16), m1);
                m2 = S.AtLeast(S.Load(s + i + 32), m2);
                m3 = S.AtLeast(S.Load(s + i + 48), m3);
            }
        max[0] = S.MaxAcross(m0);
        max[1] = S.MaxAcross(m1);
        max[2] = S.MaxAcross(m2);
        max[3] = S.MaxAcross(m3);
    }

    /// <summary>s = exp(s − max) for four rows, 16 floats apart; their sums: lane by lane over ascending tiles, then the 16 lanes by halves.</summary>
    public static void ExpSum<S, V, I>(float* s, int tiles, long step, float* max, float* sums)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var lanes = stackalloc float[Rows * 16];
        V max0 = S.Set(max[0]), max1 = S.Set(max[1]), max2 = S.Set(max[2]), max3 = S.Set(max[3]);
        for (var lane = 0; lane < 16; lane += S.Width)
        {
            V s0 = S.Set(0), s1 = s0, s2 = s0, s3 = s0;
            var x = s + lane;
            for (var t = 0; t < tiles; t++, x += step)
            {
                s0 = S.Add(s0, ExpAt<S, V, I>(x, max0));
                s1 = S.Add(s1, ExpAt<S, V, I>(x + 16, max1));
                s2 = S.Add(s2, ExpAt<S, V, I>(x + 32, max2));
                s3 = S.Add(s3, ExpAt<S, V, I>(x + 48, max3));
            }
            S.Store(s0, lanes + lane);
            S.Store(s1, lanes + lane + 16);
            S.Store(s2, lanes + lane + 32);
            S.Store(s3, lanes + lane + 48);
        }
        for (var r = 0; r < Rows; r++)
            sums[r] = LaneSums.Halves<S, V, I>(lanes + r * 16);
    }

    /// <summary>s = exp(s − shift).</summary>
    public static void Exp<S, V, I>(float* s, int tiles, long step, float shift)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var by = S.Set(shift);
        for (; tiles > 0; tiles--, s += step)
            for (var i = 0; i < 16; i += S.Width)
                ExpAt<S, V, I>(s + i, by);
    }

    /// <summary>g = (g − product)·(1 − (s / cap)²): beside s = cap · tanh(x / cap), the gradient before the cap.</summary>
    public static void CapSlopes<S, V, I>(float* s, float* g, int tiles, long step, float product, float cap)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (; tiles > 0; tiles--, s += step, g += step)
            for (var i = 0; i < 16; i += S.Width)
            {
                var t = S.Divide(S.Load(s + i), S.Set(cap));
                S.Store(S.Multiply(S.Subtract(S.Load(g + i), S.Set(product)), S.Subtract(S.Set(1), S.Multiply(t, t))), g + i);
            }
    }

    /// <summary>s = exp(s − shift), then g = s·(g − product).</summary>
    public static void ExpSlopes<S, V, I>(float* s, float* g, int tiles, long step, float shift, float product)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V by = S.Set(shift), mean = S.Set(product);
        for (; tiles > 0; tiles--, s += step, g += step)
            for (var i = 0; i < 16; i += S.Width)
                S.Store(S.Multiply(ExpAt<S, V, I>(s + i, by), S.Subtract(S.Load(g + i), mean)), g + i);
    }

    /// <summary>y = factor · x: x in panels that stand step floats apart, y <paramref name="count"/> floats in a row.</summary>
    public static void Scale<S, V, I>(float* x, long step, float factor, float* y, int count)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var f = S.Set(factor);
        for (; count >= 16; count -= 16, x += step, y += 16)
            for (var lane = 0; lane < 16; lane += S.Width)
                S.Store(S.Multiply(f, S.Load(x + lane)), y + lane);
        for (var lane = 0; lane < count; lane++)
            y[lane] = factor * x[lane];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpAt<S, V, I>(float* s, V shift)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var p = VectorMath.Exp<S, V, I>(S.Subtract(S.Load(s), shift));
        S.Store(p, s);
        return p;
    }
}

namespace Attune.Tensors.Kernels;

/// <summary>C += Aᵀ·B with A, B and C in panels of 16 columns: rows of C are columns of A. Each output is one chain over ascending k.</summary>
internal static unsafe class AttentionTransposedTiles
{
    /// <summary>8 columns of A against two vectors.</summary>
    public static void Columns8<S, V, I>(int k, float* a, float* b, long next, float* c, long step)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V x0 = S.Load(c), y0 = S.Load(c + step);
        V x1 = S.Load(c + 16), y1 = S.Load(c + 16 + step);
        V x2 = S.Load(c + 32), y2 = S.Load(c + 32 + step);
        V x3 = S.Load(c + 48), y3 = S.Load(c + 48 + step);
        V x4 = S.Load(c + 64), y4 = S.Load(c + 64 + step);
        V x5 = S.Load(c + 80), y5 = S.Load(c + 80 + step);
        V x6 = S.Load(c + 96), y6 = S.Load(c + 96 + step);
        V x7 = S.Load(c + 112), y7 = S.Load(c + 112 + step);
        for (; k > 0; k--)
        {
            V u = S.Load(b), v = S.Load(b + next);
            var s0 = S.Set(a[0]);
            x0 = S.Fma(s0, u, x0);
            y0 = S.Fma(s0, v, y0);
            var s1 = S.Set(a[1]);
            x1 = S.Fma(s1, u, x1);
            y1 = S.Fma(s1, v, y1);
            var s2 = S.Set(a[2]);
            x2 = S.Fma(s2, u, x2);
            y2 = S.Fma(s2, v, y2);
            var s3 = S.Set(a[3]);
            x3 = S.Fma(s3, u, x3);
            y3 = S.Fma(s3, v, y3);
            var s4 = S.Set(a[4]);
            x4 = S.Fma(s4, u, x4);
            y4 = S.Fma(s4, v, y4);
            var s5 = S.Set(a[5]);
            x5 = S.Fma(s5, u, x5);
            y5 = S.Fma(s5, v, y5);
            var s6 = S.Set(a[6]);
            x6 = S.Fma(s6, u, x6);
            y6 = S.Fma(s6, v, y6);
            var s7 = S.Set(a[7]);
            x7 = S.Fma(s7, u, x7);
            y7 = S.Fma(s7, v, y7);
            a += 16;
            b += 16;
        }
        S.Store(x0, c);
        S.Store(y0, c + step);
        S.Store(x1, c + 16);
        S.Store(y1, c + 16 + step);
        S.Store(x2, c + 32);
        S.Store(y2, c + 32 + step);
        S.Store(x3, c + 48);
        S.Store(y3, c + 48 + step);
        S.Store(x4, c + 64);
        S.Store(y4, c + 64 + step);
        S.Store(x5, c + 80);
        S.Store(y5, c + 80 + step);
        S.Store(x6, c + 96);
        S.Store(y6, c + 96 + step);
        S.Store(x7, c + 112);
        S.Store(y7, c + 112 + step);
    }

    /// <summary>4 columns of A against two vectors.</summary>
    public static void Columns4<S, V, I>(int k, float* a, float* b, long next, float* c, long step)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V x0 = S.Load(c), y0 = S.Load(c + step);
        V x1 = S.Load(c + 16), y1 = S.Load(c + 16 + step);
        V x2 = S.Load(c + 32), y2 = S.Load(c + 32 + step);
        V x3 = S.Load(c + 48), y3 = S.Load(c + 48 + step);
        for (; k > 0; k--)
        {
            V u = S.Load(b), v = S.Load(b + next);
            var s0 = S.Set(a[0]);
            x0 = S.Fma(s0, u, x0);
            y0 = S.Fma(s0, v, y0);
            var s1 = S.Set(a[1]);
            x1 = S.Fma(s1, u, x1);
            y1 = S.Fma(s1, v, y1);
            var s2 = S.Set(a[2]);
            x2 = S.Fma(s2, u, x2);
            y2 = S.Fma(s2, v, y2);
            var s3 = S.Set(a[3]);
            x3 = S.Fma(s3, u, x3);
            y3 = S.Fma(s3, v, y3);
            a += 16;
            b += 16;
        }
        S.Store(x0, c);
        S.Store(y0, c + step);
        S.Store(x1, c + 16);
        S.Store(y1, c + 16 + step);
        S.Store(x2, c + 32);
        S.Store(y2, c + 32 + step);
        S.Store(x3, c + 48);
        S.Store(y3, c + 48 + step);
    }
}

namespace Attune.Tensors.Kernels;

/// <summary>The loops of <see cref="AttentionTiles"/> for few rows or narrow vectors.</summary>
internal static unsafe class AttentionTilesOfFew
{
    /// <summary>6 rows × 2 vectors.</summary>
    public static void Rows6By2<S, V, I>(float* a, long aStep, in PanelRun b, long next, int chunks, int last, float* c, long step, bool load, in TileAhead ahead)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V x0 = load ? S.Load(c) : S.Set(0), y0 = load ? S.Load(c + step) : S.Set(0);
        V x1 = load ? S.Load(c + 16) : S.Set(0), y1 = load ? S.Load(c + 16 + step) : S.Set(0);
        V x2 = load ? S.Load(c + 32) : S.Set(0), y2 = load ? S.Load(c + 32 + step) : S.Set(0);
        V x3 = load ? S.Load(c + 48) : S.Set(0), y3 = load ? S.Load(c + 48 + step) : S.Set(0);
        V x4 = load ? S.Load(c + 64) : S.Set(0), y4 = load ? S.Load(c + 64 + step) : S.Set(0);
        V x5 = load ? S.Load(c + 80) : S.Set(0), y5 = load ? S.Load(c + 80 + step) : S.Set(0);
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            ahead.Ask(chunk, chunks, 2);
            float* p = a + chunk * aStep, q = b.At(chunk);
            for (var left = chunk == chunks - 1 ? last : 16; left > 0; left--)
            {
                V b0 = S.Load(q), b1 = S.Load(q + next);
                var s0 = S.Set(p[0]);
                x0 = S.Fma(s0, b0, x0);
                y0 = S.Fma(s0, b1, y0);
                var s1 = S.Set(p[16]);
                x1 = S.Fma(s1, b0, x1);
                y1 = S.Fma(s1, b1, y1);
                var s2 = S.Set(p[32]);
                x2 = S.Fma(s2, b0, x2);
                y2 = S.Fma(s2, b1, y2);
                var s3 = S.Set(p[48]);
                x3 = S.Fma(s3, b0, x3);
                y3 = S.Fma(s3, b1, y3);
                var s4 = S.Set(p[64]);
                x4 = S.Fma(s4, b0, x4);
                y4 = S.Fma(s4, b1, y4);
                var s5 = S.Set(p[80]);
                x5 = S.Fma(s5, b0, x5);
                y5 = S.Fma(s5, b1, y5);
                p++;
                q += 16;
            }
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
    }

    /// <summary>3 rows × 4 vectors: for one query of three heads, where the tiles' way from memory binds, so that what comes next is asked for.</summary>
    public static void Rows3By4<S, V, I>(float* a, long aStep, in PanelRun b, long next, long third, long fourth, int chunks, int last, float* c, long step, bool load, in TileAhead ahead)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V x0 = load ? S.Load(c) : S.Set(0), y0 = load ? S.Load(c + step) : S.Set(0), z0 = load ? S.Load(c + 2 * step) : S.Set(0), w0 = load ? S.Load(c + 3 * step) : S.Set(0);
        V x1 = load ? S.Load(c + 16) : S.Set(0), y1 = load ? S.Load(c + 16 + step) : S.Set(0), z1 = load ? S.Load(c + 16 + 2 * step) : S.Set(0), w1 = load ? S.Load(c + 16 + 3 * step) : S.Set(0);
        V x2 = load ? S.Load(c + 32) : S.Set(0), y2 = load ? S.Load(c + 32 + step) : S.Set(0), z2 = load ? S.Load(c + 32 + 2 * step) : S.Set(0), w2 = load ? S.Load(c + 32 + 3 * step) : S.Set(0);
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            ahead.Ask(chunk, chunks, 4);
            float* p = a + chunk * aStep, q = b.At(chunk);
            for (var left = chunk == chunks - 1 ? last : 16; left > 0; left--)
            {
                V b0 = S.Load(q), b1 = S.Load(q + next), b2 = S.Load(q + third), b3 = S.Load(q + fourth);
                var s0 = S.Set(p[0]);
                x0 = S.Fma(s0, b0, x0);
                y0 = S.Fma(s0, b1, y0);
                z0 = S.Fma(s0, b2, z0);
                w0 = S.Fma(s0, b3, w0);
                var s1 = S.Set(p[16]);
                x1 = S.Fma(s1, b0, x1);
                y1 = S.Fma(s1, b1, y1);
                z1 = S.Fma(s1, b2, z1);
                w1 = S.Fma(s1, b3, w1);
                var s2 = S.Set(p[32]);
                x2 = S.Fma(s2, b0, x2);
                y2 = S.Fma(s2, b1, y2);
                z2 = S.Fma(s2, b2, z2);
                w2 = S.Fma(s2, b3, w2);
                p++;
                q += 16;
            }
        }
        S.Store(x0, c);
        S.Store(y0, c + step);
        S.Store(z0, c + 2 * step);
        S.Store(w0, c + 3 * step);
        S.Store(x1, c + 16);
        S.Store(y1, c + 16 + step);
        S.Store(z1, c + 16 + 2 * step);
        S.Store(w1, c + 16 + 3 * step);
        S.Store(x2, c + 32);
        S.Store(y2, c + 32 + step);
        S.Store(z2, c + 32 + 2 * step);
        S.Store(w2, c + 32 + 3 * step);
    }
}

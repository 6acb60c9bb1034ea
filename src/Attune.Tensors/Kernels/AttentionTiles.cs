namespace Attune.Tensors.Kernels;

/// <summary>
/// The innermost loops of attention's products: C (+)= A·B, a tile of C in registers while k runs. A and C lie in panels of 16 columns,
/// rows 16 floats apart, so all offsets but one are constants; k runs through chunks of 16, the last of them perhaps shorter. Each
/// output is one chain over ascending k. Written out row by row, since only named locals stay in registers.
/// </summary>
internal static unsafe class AttentionTiles
{
    /// <summary>12 rows × 2 vectors of columns, <paramref name="next"/> floats apart in B and <paramref name="step"/> in C.</summary>
    public static void Rows12By2<S, V, I>(float* a, long aStep, in PanelRun b, long next, int chunks, int last, float* c, long step, bool load)
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
        V x6 = load ? S.Load(c + 96) : S.Set(0), y6 = load ? S.Load(c + 96 + step) : S.Set(0);
        V x7 = load ? S.Load(c + 112) : S.Set(0), y7 = load ? S.Load(c + 112 + step) : S.Set(0);
        V x8 = load ? S.Load(c + 128) : S.Set(0), y8 = load ? S.Load(c + 128 + step) : S.Set(0);
        V x9 = load ? S.Load(c + 144) : S.Set(0), y9 = load ? S.Load(c + 144 + step) : S.Set(0);
        V x10 = load ? S.Load(c + 160) : S.Set(0), y10 = load ? S.Load(c + 160 + step) : S.Set(0);
        V x11 = load ? S.Load(c + 176) : S.Set(0), y11 = load ? S.Load(c + 176 + step) : S.Set(0);
        for (var chunk = 0; chunk < chunks; chunk++)
        {
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
                var s6 = S.Set(p[96]);
                x6 = S.Fma(s6, b0, x6);
                y6 = S.Fma(s6, b1, y6);
                var s7 = S.Set(p[112]);
                x7 = S.Fma(s7, b0, x7);
                y7 = S.Fma(s7, b1, y7);
                var s8 = S.Set(p[128]);
                x8 = S.Fma(s8, b0, x8);
                y8 = S.Fma(s8, b1, y8);
                var s9 = S.Set(p[144]);
                x9 = S.Fma(s9, b0, x9);
                y9 = S.Fma(s9, b1, y9);
                var s10 = S.Set(p[160]);
                x10 = S.Fma(s10, b0, x10);
                y10 = S.Fma(s10, b1, y10);
                var s11 = S.Set(p[176]);
                x11 = S.Fma(s11, b0, x11);
                y11 = S.Fma(s11, b1, y11);
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
        S.Store(x6, c + 96);
        S.Store(y6, c + 96 + step);
        S.Store(x7, c + 112);
        S.Store(y7, c + 112 + step);
        S.Store(x8, c + 128);
        S.Store(y8, c + 128 + step);
        S.Store(x9, c + 144);
        S.Store(y9, c + 144 + step);
        S.Store(x10, c + 160);
        S.Store(y10, c + 160 + step);
        S.Store(x11, c + 176);
        S.Store(y11, c + 176 + step);
    }

    /// <summary>12 rows × 1 vector.</summary>
    public static void Rows12By1<S, V, I>(float* a, long aStep, in PanelRun b, int chunks, int last, float* c, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V x0 = load ? S.Load(c) : S.Set(0);
        V x1 = load ? S.Load(c + 16) : S.Set(0);
        V x2 = load ? S.Load(c + 32) : S.Set(0);
        V x3 = load ? S.Load(c + 48) : S.Set(0);
        V x4 = load ? S.Load(c + 64) : S.Set(0);
        V x5 = load ? S.Load(c + 80) : S.Set(0);
        V x6 = load ? S.Load(c + 96) : S.Set(0);
        V x7 = load ? S.Load(c + 112) : S.Set(0);
        V x8 = load ? S.Load(c + 128) : S.Set(0);
        V x9 = load ? S.Load(c + 144) : S.Set(0);
        V x10 = load ? S.Load(c + 160) : S.Set(0);
        V x11 = load ? S.Load(c + 176) : S.Set(0);
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            float* p = a + chunk * aStep, q = b.At(chunk);
            for (var left = chunk == chunks - 1 ? last : 16; left > 0; left--)
            {
                V b0 = S.Load(q);
                var s0 = S.Set(p[0]);
                x0 = S.Fma(s0, b0, x0);
                var s1 = S.Set(p[16]);
                x1 = S.Fma(s1, b0, x1);
                var s2 = S.Set(p[32]);
                x2 = S.Fma(s2, b0, x2);
                var s3 = S.Set(p[48]);
                x3 = S.Fma(s3, b0, x3);
                var s4 = S.Set(p[64]);
                x4 = S.Fma(s4, b0, x4);
                var s5 = S.Set(p[80]);
                x5 = S.Fma(s5, b0, x5);
                var s6 = S.Set(p[96]);
                x6 = S.Fma(s6, b0, x6);
                var s7 = S.Set(p[112]);
                x7 = S.Fma(s7, b0, x7);
                var s8 = S.Set(p[128]);
                x8 = S.Fma(s8, b0, x8);
                var s9 = S.Set(p[144]);
                x9 = S.Fma(s9, b0, x9);
                var s10 = S.Set(p[160]);
                x10 = S.Fma(s10, b0, x10);
                var s11 = S.Set(p[176]);
                x11 = S.Fma(s11, b0, x11);
                p++;
                q += 16;
            }
        }
        S.Store(x0, c);
        S.Store(x1, c + 16);
        S.Store(x2, c + 32);
        S.Store(x3, c + 48);
        S.Store(x4, c + 64);
        S.Store(x5, c + 80);
        S.Store(x6, c + 96);
        S.Store(x7, c + 112);
        S.Store(x8, c + 128);
        S.Store(x9, c + 144);
        S.Store(x10, c + 160);
        S.Store(x11, c + 176);
    }
}

namespace Attune.Tensors.Kernels;

/// <summary>
/// The innermost loops of <see cref="MatrixProduct"/>: a tile of the output stays in registers while k runs.
/// Written out row by row, since only named locals stay in registers.
/// </summary>
internal static unsafe class MatrixProductTiles
{
    /// <summary>12 rows × 2 vectors.</summary>
    public static void Rows12<S, V, I>(int k, float* a, long rowStride, long columnStride, float* b0, float* b1, float* c0, float* c1, long ldc, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V x0 = load ? S.Load(c0) : S.Set(0), y0 = load ? S.Load(c1) : S.Set(0);
        V x1 = load ? S.Load(c0 + ldc) : S.Set(0), y1 = load ? S.Load(c1 + ldc) : S.Set(0);
        V x2 = load ? S.Load(c0 + 2 * ldc) : S.Set(0), y2 = load ? S.Load(c1 + 2 * ldc) : S.Set(0);
        V x3 = load ? S.Load(c0 + 3 * ldc) : S.Set(0), y3 = load ? S.Load(c1 + 3 * ldc) : S.Set(0);
        V x4 = load ? S.Load(c0 + 4 * ldc) : S.Set(0), y4 = load ? S.Load(c1 + 4 * ldc) : S.Set(0);
        V x5 = load ? S.Load(c0 + 5 * ldc) : S.Set(0), y5 = load ? S.Load(c1 + 5 * ldc) : S.Set(0);
        V x6 = load ? S.Load(c0 + 6 * ldc) : S.Set(0), y6 = load ? S.Load(c1 + 6 * ldc) : S.Set(0);
        V x7 = load ? S.Load(c0 + 7 * ldc) : S.Set(0), y7 = load ? S.Load(c1 + 7 * ldc) : S.Set(0);
        V x8 = load ? S.Load(c0 + 8 * ldc) : S.Set(0), y8 = load ? S.Load(c1 + 8 * ldc) : S.Set(0);
        V x9 = load ? S.Load(c0 + 9 * ldc) : S.Set(0), y9 = load ? S.Load(c1 + 9 * ldc) : S.Set(0);
        V x10 = load ? S.Load(c0 + 10 * ldc) : S.Set(0), y10 = load ? S.Load(c1 + 10 * ldc) : S.Set(0);
        V x11 = load ? S.Load(c0 + 11 * ldc) : S.Set(0), y11 = load ? S.Load(c1 + 11 * ldc) : S.Set(0);
        var a1 = a + rowStride;
        var a2 = a + 2 * rowStride;
        var a3 = a + 3 * rowStride;
        var a4 = a + 4 * rowStride;
        var a5 = a + 5 * rowStride;
        var a6 = a + 6 * rowStride;
        var a7 = a + 7 * rowStride;
        var a8 = a + 8 * rowStride;
        var a9 = a + 9 * rowStride;
        var a10 = a + 10 * rowStride;
        var a11 = a + 11 * rowStride;
        for (var i = 0; i < k; i++)
        {
            V u = S.Load(b0), v = S.Load(b1);
            b0 += MatrixProduct.PanelWidth;
            b1 += MatrixProduct.PanelWidth;
            var s0 = S.Set(*a);
            a += columnStride;
            x0 = S.Fma(s0, u, x0);
            y0 = S.Fma(s0, v, y0);
            var s1 = S.Set(*a1);
            a1 += columnStride;
            x1 = S.Fma(s1, u, x1);
            y1 = S.Fma(s1, v, y1);
            var s2 = S.Set(*a2);
            a2 += columnStride;
            x2 = S.Fma(s2, u, x2);
            y2 = S.Fma(s2, v, y2);
            var s3 = S.Set(*a3);
            a3 += columnStride;
            x3 = S.Fma(s3, u, x3);
            y3 = S.Fma(s3, v, y3);
            var s4 = S.Set(*a4);
            a4 += columnStride;
            x4 = S.Fma(s4, u, x4);
            y4 = S.Fma(s4, v, y4);
            var s5 = S.Set(*a5);
            a5 += columnStride;
            x5 = S.Fma(s5, u, x5);
            y5 = S.Fma(s5, v, y5);
            var s6 = S.Set(*a6);
            a6 += columnStride;
            x6 = S.Fma(s6, u, x6);
            y6 = S.Fma(s6, v, y6);
            var s7 = S.Set(*a7);
            a7 += columnStride;
            x7 = S.Fma(s7, u, x7);
            y7 = S.Fma(s7, v, y7);
            var s8 = S.Set(*a8);
            a8 += columnStride;
            x8 = S.Fma(s8, u, x8);
            y8 = S.Fma(s8, v, y8);
            var s9 = S.Set(*a9);
            a9 += columnStride;
            x9 = S.Fma(s9, u, x9);
            y9 = S.Fma(s9, v, y9);
            var s10 = S.Set(*a10);
            a10 += columnStride;
            x10 = S.Fma(s10, u, x10);
            y10 = S.Fma(s10, v, y10);
            var s11 = S.Set(*a11);
            a11 += columnStride;
            x11 = S.Fma(s11, u, x11);
            y11 = S.Fma(s11, v, y11);
        }
        S.Store(x0, c0);
        S.Store(y0, c1);
        S.Store(x1, c0 + ldc);
        S.Store(y1, c1 + ldc);
        S.Store(x2, c0 + 2 * ldc);
        S.Store(y2, c1 + 2 * ldc);
        S.Store(x3, c0 + 3 * ldc);
        S.Store(y3, c1 + 3 * ldc);
        S.Store(x4, c0 + 4 * ldc);
        S.Store(y4, c1 + 4 * ldc);
        S.Store(x5, c0 + 5 * ldc);
        S.Store(y5, c1 + 5 * ldc);
        S.Store(x6, c0 + 6 * ldc);
        S.Store(y6, c1 + 6 * ldc);
        S.Store(x7, c0 + 7 * ldc);
        S.Store(y7, c1 + 7 * ldc);
        S.Store(x8, c0 + 8 * ldc);
        S.Store(y8, c1 + 8 * ldc);
        S.Store(x9, c0 + 9 * ldc);
        S.Store(y9, c1 + 9 * ldc);
        S.Store(x10, c0 + 10 * ldc);
        S.Store(y10, c1 + 10 * ldc);
        S.Store(x11, c0 + 11 * ldc);
        S.Store(y11, c1 + 11 * ldc);
    }

    /// <summary>6 rows × 2 vectors.</summary>
    public static void Rows6<S, V, I>(int k, float* a, long rowStride, long columnStride, float* b0, float* b1, float* c0, float* c1, long ldc, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V x0 = load ? S.Load(c0) : S.Set(0), y0 = load ? S.Load(c1) : S.Set(0);
        V x1 = load ? S.Load(c0 + ldc) : S.Set(0), y1 = load ? S.Load(c1 + ldc) : S.Set(0);
        V x2 = load ? S.Load(c0 + 2 * ldc) : S.Set(0), y2 = load ? S.Load(c1 + 2 * ldc) : S.Set(0);
        V x3 = load ? S.Load(c0 + 3 * ldc) : S.Set(0), y3 = load ? S.Load(c1 + 3 * ldc) : S.Set(0);
        V x4 = load ? S.Load(c0 + 4 * ldc) : S.Set(0), y4 = load ? S.Load(c1 + 4 * ldc) : S.Set(0);
        V x5 = load ? S.Load(c0 + 5 * ldc) : S.Set(0), y5 = load ? S.Load(c1 + 5 * ldc) : S.Set(0);
        var a1 = a + rowStride;
        var a2 = a + 2 * rowStride;
        var a3 = a + 3 * rowStride;
        var a4 = a + 4 * rowStride;
        var a5 = a + 5 * rowStride;
        for (var i = 0; i < k; i++)
        {
            V u = S.Load(b0), v = S.Load(b1);
            b0 += MatrixProduct.PanelWidth;
            b1 += MatrixProduct.PanelWidth;
            var s0 = S.Set(*a);
            a += columnStride;
            x0 = S.Fma(s0, u, x0);
            y0 = S.Fma(s0, v, y0);
            var s1 = S.Set(*a1);
            a1 += columnStride;
            x1 = S.Fma(s1, u, x1);
            y1 = S.Fma(s1, v, y1);
            var s2 = S.Set(*a2);
            a2 += columnStride;
            x2 = S.Fma(s2, u, x2);
            y2 = S.Fma(s2, v, y2);
            var s3 = S.Set(*a3);
            a3 += columnStride;
            x3 = S.Fma(s3, u, x3);
            y3 = S.Fma(s3, v, y3);
            var s4 = S.Set(*a4);
            a4 += columnStride;
            x4 = S.Fma(s4, u, x4);
            y4 = S.Fma(s4, v, y4);
            var s5 = S.Set(*a5);
            a5 += columnStride;
            x5 = S.Fma(s5, u, x5);
            y5 = S.Fma(s5, v, y5);
        }
        S.Store(x0, c0);
        S.Store(y0, c1);
        S.Store(x1, c0 + ldc);
        S.Store(y1, c1 + ldc);
        S.Store(x2, c0 + 2 * ldc);
        S.Store(y2, c1 + 2 * ldc);
        S.Store(x3, c0 + 3 * ldc);
        S.Store(y3, c1 + 3 * ldc);
        S.Store(x4, c0 + 4 * ldc);
        S.Store(y4, c1 + 4 * ldc);
        S.Store(x5, c0 + 5 * ldc);
        S.Store(y5, c1 + 5 * ldc);
    }

    /// <summary>4 rows × 2 vectors.</summary>
    public static void Rows4<S, V, I>(int k, float* a, long rowStride, long columnStride, float* b0, float* b1, float* c0, float* c1, long ldc, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V x0 = load ? S.Load(c0) : S.Set(0), y0 = load ? S.Load(c1) : S.Set(0);
        V x1 = load ? S.Load(c0 + ldc) : S.Set(0), y1 = load ? S.Load(c1 + ldc) : S.Set(0);
        V x2 = load ? S.Load(c0 + 2 * ldc) : S.Set(0), y2 = load ? S.Load(c1 + 2 * ldc) : S.Set(0);
        V x3 = load ? S.Load(c0 + 3 * ldc) : S.Set(0), y3 = load ? S.Load(c1 + 3 * ldc) : S.Set(0);
        var a1 = a + rowStride;
        var a2 = a + 2 * rowStride;
        var a3 = a + 3 * rowStride;
        for (var i = 0; i < k; i++)
        {
            V u = S.Load(b0), v = S.Load(b1);
            b0 += MatrixProduct.PanelWidth;
            b1 += MatrixProduct.PanelWidth;
            var s0 = S.Set(*a);
            a += columnStride;
            x0 = S.Fma(s0, u, x0);
            y0 = S.Fma(s0, v, y0);
            var s1 = S.Set(*a1);
            a1 += columnStride;
            x1 = S.Fma(s1, u, x1);
            y1 = S.Fma(s1, v, y1);
            var s2 = S.Set(*a2);
            a2 += columnStride;
            x2 = S.Fma(s2, u, x2);
            y2 = S.Fma(s2, v, y2);
            var s3 = S.Set(*a3);
            a3 += columnStride;
            x3 = S.Fma(s3, u, x3);
            y3 = S.Fma(s3, v, y3);
        }
        S.Store(x0, c0);
        S.Store(y0, c1);
        S.Store(x1, c0 + ldc);
        S.Store(y1, c1 + ldc);
        S.Store(x2, c0 + 2 * ldc);
        S.Store(y2, c1 + 2 * ldc);
        S.Store(x3, c0 + 3 * ldc);
        S.Store(y3, c1 + 3 * ldc);
    }

    /// <summary>1 rows × 2 vectors.</summary>
    public static void Rows1<S, V, I>(int k, float* a, long rowStride, long columnStride, float* b0, float* b1, float* c0, float* c1, long ldc, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V x0 = load ? S.Load(c0) : S.Set(0), y0 = load ? S.Load(c1) : S.Set(0);
        for (var i = 0; i < k; i++)
        {
            V u = S.Load(b0), v = S.Load(b1);
            b0 += MatrixProduct.PanelWidth;
            b1 += MatrixProduct.PanelWidth;
            var s0 = S.Set(*a);
            a += columnStride;
            x0 = S.Fma(s0, u, x0);
            y0 = S.Fma(s0, v, y0);
        }
        S.Store(x0, c0);
        S.Store(y0, c1);
    }
}

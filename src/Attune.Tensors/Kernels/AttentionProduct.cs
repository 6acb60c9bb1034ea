namespace Attune.Tensors.Kernels;

/// <summary>
/// The small matrix products that attention is made of, over panels of 16 columns, by the tiles of <see cref="MatrixProduct"/>:
/// each output is one chain of fused multiply-adds over ascending k, whatever is computed beside it.
/// </summary>
internal static unsafe class AttentionProduct
{
    /// <summary>The number of rows, at least <paramref name="rows"/>, that the tiles take without rows one by one.</summary>
    public static int Pad(int rows)
    {
        var last = rows % 12;
        return rows - last + (last == 0 ? 0 : last <= 4 ? 4 : (last + 1) & ~1);
    }

    /// <summary>C[m, 16·panels] = (load ? C : 0) + A[m,k]·B, A[i,l] at a[i·rowStride + l·columnStride], panel p of B at b + p·panelStride.</summary>
    public static void Run<S, V, I>(int m, int k, float* a, long rowStride, long columnStride, float* b, long panelStride, int panels, float* c, long ldc, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (var p = 0; p < panels; p += 2)
        {
            // A panel left alone is computed twice into the same place.
            var next = p + 1 < panels ? p + 1 : p;
            Pair<S, V, I>(m, k, a, rowStride, columnStride, b + p * panelStride, b + next * panelStride, c + p * 16, c + next * 16, ldc, load);
        }
    }

    /// <summary>The same for two panels of 16 columns anywhere (or one given twice), into two places.</summary>
    public static void Pair<S, V, I>(int m, int k, float* a, long rowStride, long columnStride, float* b0, float* b1, float* c0, float* c1, long ldc, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        if (S.Width == 16)
        {
            Rows<S, V, I>(m, k, a, rowStride, columnStride, b0, b1, c0, c1, ldc, load);
            return;
        }
        for (var i = 0; i < 16; i += 2 * S.Width)
        {
            Rows<S, V, I>(m, k, a, rowStride, columnStride, b0 + i, b0 + i + S.Width, c0 + i, c0 + i + S.Width, ldc, load);
            if (c1 != c0)
                Rows<S, V, I>(m, k, a, rowStride, columnStride, b1 + i, b1 + i + S.Width, c1 + i, c1 + i + S.Width, ldc, load);
        }
    }

    private static void Rows<S, V, I>(int m, int k, float* a, long rowStride, long columnStride, float* b0, float* b1, float* c0, float* c1, long ldc, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (var left = m; left > 0;)
        {
            var rows = left >= 12 && S.Width == 16 ? 12 : left >= 6 && left != 8 && S.Width >= 8 ? 6 : left >= 4 ? 4 : 1;
            switch (rows)
            {
                case 12: MatrixProductTiles.Rows12<S, V, I>(k, a, rowStride, columnStride, b0, b1, c0, c1, ldc, load); break;
                case 6: MatrixProductTiles.Rows6<S, V, I>(k, a, rowStride, columnStride, b0, b1, c0, c1, ldc, load); break;
                case 4: MatrixProductTiles.Rows4<S, V, I>(k, a, rowStride, columnStride, b0, b1, c0, c1, ldc, load); break;
                default: MatrixProductTiles.Rows1<S, V, I>(k, a, rowStride, columnStride, b0, b1, c0, c1, ldc, load); break;
            }
            left -= rows;
            a += rows * rowStride;
            c0 += rows * ldc;
            c1 += rows * ldc;
        }
    }
}

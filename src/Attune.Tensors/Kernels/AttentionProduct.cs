namespace Attune.Tensors.Kernels;

/// <summary>
/// The products that attention is made of. A left side and an output lie in panels of 16 columns, [panels][slots][16], slots a multiple
/// of 12 of which the first rows are used. Each output is one chain of fused multiply-adds over ascending k, whatever is computed beside it.
/// </summary>
internal static unsafe class AttentionProduct
{
    /// <summary>Rows in the largest register tile.</summary>
    public const int Rows = 12;

    /// <summary><paramref name="rows"/> rounded up to whole register tiles.</summary>
    public static int Slots(int rows) => (rows + Rows - 1) / Rows * Rows;

    /// <summary>C[rows, 16·panels] = (load ? C : 0) + A[rows, k]·B. Rows up to the next whole register tile are computed too.</summary>
    public static void Run<S, V, I>(int rows, int slots, int k, float* a, in TileGrid b, int panels, float* c, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        if (k <= 0)
            return;
        for (; rows > 0; rows -= Rows, a += Rows * 16, c += Rows * 16)
            for (var p = 0; p < panels;)
                p += S.Width == 16
                    ? Wide<S, V, I>(rows, slots, k, a, b, p, panels - p, c + (long)p * slots * 16, load)
                    : Narrow<S, V, I>(rows, slots, k, a, b, p, c + (long)p * slots * 16, load);
    }

    /// <summary>C[16, 16·panels] += Aᵀ·B for the panel A[k, 16] and B[k, 16·panels] with rows 16 floats apart; C's panels are [16][16].</summary>
    public static void Transposed<S, V, I>(int k, float* a, float* b, long panelStep, int panels, float* c)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (var p = 0; p < panels; p += 2, b += 2 * panelStep, c += 2 * 256)
        {
            // A panel left alone is computed twice into the same place.
            var (next, step) = p + 1 < panels ? (panelStep, 256) : (0, 0);
            if (S.Width == 16)
            {
                AttentionTransposedTiles.Columns8<S, V, I>(k, a, b, next, c, step);
                AttentionTransposedTiles.Columns8<S, V, I>(k, a + 8, b, next, c + 8 * 16, step);
                continue;
            }
            for (var row = 0; row < 16; row += 4)
                for (var lane = 0; lane < 16; lane += 2 * S.Width)
                {
                    AttentionTransposedTiles.Columns4<S, V, I>(k, a + row, b + lane, S.Width, c + row * 16 + lane, S.Width);
                    if (step > 0)
                        AttentionTransposedTiles.Columns4<S, V, I>(k, a + row, b + next + lane, S.Width, c + step + row * 16 + lane, S.Width);
                }
        }
    }

    /// <summary>Up to 12 rows and as many of the panels as one tile takes; returns how many.</summary>
    private static int Wide<S, V, I>(int rows, int slots, int k, float* a, in TileGrid b, int p, int panels, float* c, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        long step = slots * 16;
        var (chunks, last) = ((k + 15) / 16, (k - 1) % 16 + 1);
        if (rows <= 3 && panels >= 4)
        {
            AttentionTilesOfFew.Rows3By4<S, V, I>(a, step, b.Run(p), b.Distance(p, 1), b.Distance(p, 2), b.Distance(p, 3), chunks, last, c, step, load, b.Ahead(p, 4, panels));
            return 4;
        }
        if (rows <= 6)
            // A panel left alone is computed twice into the same place.
            AttentionTilesOfFew.Rows6By2<S, V, I>(a, step, b.Run(p), panels > 1 ? b.Distance(p, 1) : 0, chunks, last, c, panels > 1 ? step : 0, load, b.Ahead(p, 2, panels));
        else if (panels > 1)
            AttentionTiles.Rows12By2<S, V, I>(a, step, b.Run(p), b.Distance(p, 1), chunks, last, c, step, load);
        else
            AttentionTiles.Rows12By1<S, V, I>(a, step, b.Run(p), chunks, last, c, load);
        return 2;
    }

    /// <summary>Up to 12 rows of one panel, two vectors of it at a time.</summary>
    private static int Narrow<S, V, I>(int rows, int slots, int k, float* a, in TileGrid b, int p, float* c, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        long step = slots * 16;
        var (chunks, last) = ((k + 15) / 16, (k - 1) % 16 + 1);
        for (var lane = 0; lane < 16; lane += 2 * S.Width)
        {
            AttentionTilesOfFew.Rows6By2<S, V, I>(a, step, b.Run(p, lane), S.Width, chunks, last, c + lane, S.Width, load, b.Ahead(p, 1, 1));
            if (rows > 6)
                AttentionTilesOfFew.Rows6By2<S, V, I>(a + 6 * 16, step, b.Run(p, lane), S.Width, chunks, last, c + 6 * 16 + lane, S.Width, load, b.Ahead(p, 1, 1));
        }
        return 1;
    }
}

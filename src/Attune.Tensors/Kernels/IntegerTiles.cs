using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// The innermost loops of <see cref="IntegerProduct"/>: a vector of outputs for a tile of rows stays in registers while the blocks pass.
/// Written out row by row, since only named locals stay in registers.
/// </summary>
internal static unsafe class IntegerTiles
{
    /// <summary>3 rows.</summary>
    public static void Rows3<F, S, D, V, I>(in IntegerTile tile)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        byte* x0 = tile.X, x1 = x0 + tile.RowBytes, x2 = x1 + tile.RowBytes;
        V y0 = S.Set(0), y1 = S.Set(0), y2 = S.Set(0);
        for (var i = 0; i < tile.Blocks + tile.FineBlocks; i++)
        {
            var b = tile.Block(i, out var at);
            var codes = tile.Codes + (long)b * tile.BlockBytes;
            I s0, s1, s2;
            if (F.EightBits)
                EightBitTiles.Sums<S, D, V, I>(codes, x0 + at, x1 + at, x2 + at, out s0, out s1, out s2);
            else
                FourBitTiles.Sums<S, D, V, I>(codes, x0 + at, x1 + at, x2 + at, out s0, out s1, out s2);
            var d = tile.D + b * (F.HasMinimum ? 2 * WeightMatrix.Lanes : WeightMatrix.Lanes);
            var scale = S.Load(d);
            y0 = IntegerTile.AddBlock<F, S, V, I>(y0, s0, scale, d + WeightMatrix.Lanes, x0 + at);
            y1 = IntegerTile.AddBlock<F, S, V, I>(y1, s1, scale, d + WeightMatrix.Lanes, x1 + at);
            y2 = IntegerTile.AddBlock<F, S, V, I>(y2, s2, scale, d + WeightMatrix.Lanes, x2 + at);
        }
        S.Store(y0, tile.Y);
        S.Store(y1, tile.Y + tile.Ldy);
        S.Store(y2, tile.Y + 2 * tile.Ldy);
    }

    /// <summary>1 row.</summary>
    public static void Row1<F, S, D, V, I>(in IntegerTile tile)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        var y = S.Set(0);
        for (var i = 0; i < tile.Blocks + tile.FineBlocks; i++)
        {
            var b = tile.Block(i, out var at);
            var d = tile.D + b * (F.HasMinimum ? 2 * WeightMatrix.Lanes : WeightMatrix.Lanes);
            var codes = tile.Codes + (long)b * tile.BlockBytes;
            var s = F.EightBits ? EightBitTiles.Sum<S, D, V, I>(codes, tile.X + at) : FourBitTiles.Sum<S, D, V, I>(codes, tile.X + at);
            y = IntegerTile.AddBlock<F, S, V, I>(y, s, S.Load(d), d + WeightMatrix.Lanes, tile.X + at);
        }
        S.Store(y, tile.Y);
    }
}

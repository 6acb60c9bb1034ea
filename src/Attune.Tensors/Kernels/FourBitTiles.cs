using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// The innermost loops of <see cref="IntegerProduct"/> for 4-bit codes: a vector of outputs for a tile of rows stays in registers while
/// the blocks pass. Written out row by row, since only named locals stay in registers.
/// </summary>
internal static unsafe class FourBitTiles
{
    /// <summary>4 rows.</summary>
    public static void Rows4<F, S, D, V, I>(in IntegerTile tile)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        var codes = tile.Codes;
        var d = tile.D;
        byte* x0 = tile.X, x1 = x0 + tile.RowBytes, x2 = x1 + tile.RowBytes, x3 = x2 + tile.RowBytes;
        var blockBytes = tile.BlockBytes;
        var mask = S.SetInt(0x0f0f0f0f);
        V y0 = S.Set(0), y1 = S.Set(0), y2 = S.Set(0), y3 = S.Set(0);
        for (var b = tile.Blocks; b > 0; b--)
        {
            var c = S.LoadInts((int*)codes);
            I low = S.And(c, mask), high = S.And(S.ShiftRight(c, 4), mask);
            var s0 = D.Add(D.First(low, S.SetInt(*(int*)x0)), high, S.SetInt(((int*)x0)[4]));
            var s1 = D.Add(D.First(low, S.SetInt(*(int*)x1)), high, S.SetInt(((int*)x1)[4]));
            var s2 = D.Add(D.First(low, S.SetInt(*(int*)x2)), high, S.SetInt(((int*)x2)[4]));
            var s3 = D.Add(D.First(low, S.SetInt(*(int*)x3)), high, S.SetInt(((int*)x3)[4]));
            for (var j = 1; j < 4; j++)
            {
                c = S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes));
                low = S.And(c, mask);
                high = S.And(S.ShiftRight(c, 4), mask);
                s0 = D.Add(D.Add(s0, low, S.SetInt(((int*)x0)[j])), high, S.SetInt(((int*)x0)[j + 4]));
                s1 = D.Add(D.Add(s1, low, S.SetInt(((int*)x1)[j])), high, S.SetInt(((int*)x1)[j + 4]));
                s2 = D.Add(D.Add(s2, low, S.SetInt(((int*)x2)[j])), high, S.SetInt(((int*)x2)[j + 4]));
                s3 = D.Add(D.Add(s3, low, S.SetInt(((int*)x3)[j])), high, S.SetInt(((int*)x3)[j + 4]));
            }
            var scale = S.Load(d);
            y0 = IntegerTile.AddBlock<F, S, V, I>(y0, D.Total(s0), scale, d + WeightMatrix.Lanes, x0);
            y1 = IntegerTile.AddBlock<F, S, V, I>(y1, D.Total(s1), scale, d + WeightMatrix.Lanes, x1);
            y2 = IntegerTile.AddBlock<F, S, V, I>(y2, D.Total(s2), scale, d + WeightMatrix.Lanes, x2);
            y3 = IntegerTile.AddBlock<F, S, V, I>(y3, D.Total(s3), scale, d + WeightMatrix.Lanes, x3);
            codes += blockBytes;
            d += F.HasMinimum ? 2 * WeightMatrix.Lanes : WeightMatrix.Lanes;
            x0 += ByteActivations.BlockBytes;
            x1 += ByteActivations.BlockBytes;
            x2 += ByteActivations.BlockBytes;
            x3 += ByteActivations.BlockBytes;
        }
        S.Store(y0, tile.Y);
        S.Store(y1, tile.Y + tile.Ldy);
        S.Store(y2, tile.Y + 2 * tile.Ldy);
        S.Store(y3, tile.Y + 3 * tile.Ldy);
    }

    /// <summary>1 row.</summary>
    public static void Row1<F, S, D, V, I>(in IntegerTile tile)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        var codes = tile.Codes;
        var d = tile.D;
        var x = tile.X;
        var mask = S.SetInt(0x0f0f0f0f);
        var y = S.Set(0);
        for (var b = tile.Blocks; b > 0; b--)
        {
            var c = S.LoadInts((int*)codes);
            var s = D.Add(D.First(S.And(c, mask), S.SetInt(*(int*)x)), S.And(S.ShiftRight(c, 4), mask), S.SetInt(((int*)x)[4]));
            for (var j = 1; j < 4; j++)
            {
                c = S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes));
                s = D.Add(D.Add(s, S.And(c, mask), S.SetInt(((int*)x)[j])), S.And(S.ShiftRight(c, 4), mask), S.SetInt(((int*)x)[j + 4]));
            }
            y = IntegerTile.AddBlock<F, S, V, I>(y, D.Total(s), S.Load(d), d + WeightMatrix.Lanes, x);
            codes += tile.BlockBytes;
            d += F.HasMinimum ? 2 * WeightMatrix.Lanes : WeightMatrix.Lanes;
            x += ByteActivations.BlockBytes;
        }
        S.Store(y, tile.Y);
    }
}

using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// The innermost loops of <see cref="IntegerProduct"/> for 4-bit codes: a vector of outputs for a tile of rows stays in registers while
/// the blocks pass. Written out row by row, since only named locals stay in registers.
/// </summary>
internal static unsafe class FourBitTiles
{
    /// <summary>8 rows.</summary>
    public static void Rows8<F, S, D, V, I>(in IntegerTile tile)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        byte* codes = tile.Codes;
        float* d = tile.D, scales = tile.Scales;
        var x = tile.Bytes;
        var blockBytes = tile.BlockBytes;
        var mask = S.SetInt(0x0f0f0f0f);
        V y0 = S.Set(0), y1 = S.Set(0), y2 = S.Set(0), y3 = S.Set(0), y4 = S.Set(0), y5 = S.Set(0), y6 = S.Set(0), y7 = S.Set(0);
        for (var b = tile.Blocks; b > 0; b--)
        {
            var c = S.LoadInts((int*)codes);
            I low = S.And(c, mask), high = S.And(S.ShiftRight(c, 4), mask);
            var s0 = D.Add(D.First(low, S.SetInt(x[0])), high, S.SetInt(x[32]));
            var s1 = D.Add(D.First(low, S.SetInt(x[1])), high, S.SetInt(x[33]));
            var s2 = D.Add(D.First(low, S.SetInt(x[2])), high, S.SetInt(x[34]));
            var s3 = D.Add(D.First(low, S.SetInt(x[3])), high, S.SetInt(x[35]));
            var s4 = D.Add(D.First(low, S.SetInt(x[4])), high, S.SetInt(x[36]));
            var s5 = D.Add(D.First(low, S.SetInt(x[5])), high, S.SetInt(x[37]));
            var s6 = D.Add(D.First(low, S.SetInt(x[6])), high, S.SetInt(x[38]));
            var s7 = D.Add(D.First(low, S.SetInt(x[7])), high, S.SetInt(x[39]));
            for (var j = 1; j < 4; j++)
            {
                c = S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes));
                low = S.And(c, mask);
                high = S.And(S.ShiftRight(c, 4), mask);
                var p = x + j * 8;
                s0 = D.Add(D.Add(s0, low, S.SetInt(p[0])), high, S.SetInt(p[32]));
                s1 = D.Add(D.Add(s1, low, S.SetInt(p[1])), high, S.SetInt(p[33]));
                s2 = D.Add(D.Add(s2, low, S.SetInt(p[2])), high, S.SetInt(p[34]));
                s3 = D.Add(D.Add(s3, low, S.SetInt(p[3])), high, S.SetInt(p[35]));
                s4 = D.Add(D.Add(s4, low, S.SetInt(p[4])), high, S.SetInt(p[36]));
                s5 = D.Add(D.Add(s5, low, S.SetInt(p[5])), high, S.SetInt(p[37]));
                s6 = D.Add(D.Add(s6, low, S.SetInt(p[6])), high, S.SetInt(p[38]));
                s7 = D.Add(D.Add(s7, low, S.SetInt(p[7])), high, S.SetInt(p[39]));
            }
            var scale = S.Load(d);
            y0 = IntegerTile.AddBlock<F, S, V, I>(y0, D.Total(s0), scale, d + WeightMatrix.Lanes, scales, 8);
            y1 = IntegerTile.AddBlock<F, S, V, I>(y1, D.Total(s1), scale, d + WeightMatrix.Lanes, scales + 1, 8);
            y2 = IntegerTile.AddBlock<F, S, V, I>(y2, D.Total(s2), scale, d + WeightMatrix.Lanes, scales + 2, 8);
            y3 = IntegerTile.AddBlock<F, S, V, I>(y3, D.Total(s3), scale, d + WeightMatrix.Lanes, scales + 3, 8);
            y4 = IntegerTile.AddBlock<F, S, V, I>(y4, D.Total(s4), scale, d + WeightMatrix.Lanes, scales + 4, 8);
            y5 = IntegerTile.AddBlock<F, S, V, I>(y5, D.Total(s5), scale, d + WeightMatrix.Lanes, scales + 5, 8);
            y6 = IntegerTile.AddBlock<F, S, V, I>(y6, D.Total(s6), scale, d + WeightMatrix.Lanes, scales + 6, 8);
            y7 = IntegerTile.AddBlock<F, S, V, I>(y7, D.Total(s7), scale, d + WeightMatrix.Lanes, scales + 7, 8);
            codes += blockBytes;
            d += F.HasMinimum ? 2 * WeightMatrix.Lanes : WeightMatrix.Lanes;
            x += 64;
            scales += 16;
        }
        S.Store(y0, tile.Y);
        S.Store(y1, tile.Y + tile.Ldy);
        S.Store(y2, tile.Y + 2 * tile.Ldy);
        S.Store(y3, tile.Y + 3 * tile.Ldy);
        S.Store(y4, tile.Y + 4 * tile.Ldy);
        S.Store(y5, tile.Y + 5 * tile.Ldy);
        S.Store(y6, tile.Y + 6 * tile.Ldy);
        S.Store(y7, tile.Y + 7 * tile.Ldy);
    }

    /// <summary>4 rows.</summary>
    public static void Rows4<F, S, D, V, I>(in IntegerTile tile)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        byte* codes = tile.Codes;
        float* d = tile.D, scales = tile.Scales;
        var x = tile.Bytes;
        var blockBytes = tile.BlockBytes;
        var mask = S.SetInt(0x0f0f0f0f);
        V y0 = S.Set(0), y1 = S.Set(0), y2 = S.Set(0), y3 = S.Set(0);
        for (var b = tile.Blocks; b > 0; b--)
        {
            var c = S.LoadInts((int*)codes);
            I low = S.And(c, mask), high = S.And(S.ShiftRight(c, 4), mask);
            var s0 = D.Add(D.First(low, S.SetInt(x[0])), high, S.SetInt(x[16]));
            var s1 = D.Add(D.First(low, S.SetInt(x[1])), high, S.SetInt(x[17]));
            var s2 = D.Add(D.First(low, S.SetInt(x[2])), high, S.SetInt(x[18]));
            var s3 = D.Add(D.First(low, S.SetInt(x[3])), high, S.SetInt(x[19]));
            for (var j = 1; j < 4; j++)
            {
                c = S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes));
                low = S.And(c, mask);
                high = S.And(S.ShiftRight(c, 4), mask);
                var p = x + j * 4;
                s0 = D.Add(D.Add(s0, low, S.SetInt(p[0])), high, S.SetInt(p[16]));
                s1 = D.Add(D.Add(s1, low, S.SetInt(p[1])), high, S.SetInt(p[17]));
                s2 = D.Add(D.Add(s2, low, S.SetInt(p[2])), high, S.SetInt(p[18]));
                s3 = D.Add(D.Add(s3, low, S.SetInt(p[3])), high, S.SetInt(p[19]));
            }
            var scale = S.Load(d);
            y0 = IntegerTile.AddBlock<F, S, V, I>(y0, D.Total(s0), scale, d + WeightMatrix.Lanes, scales, 4);
            y1 = IntegerTile.AddBlock<F, S, V, I>(y1, D.Total(s1), scale, d + WeightMatrix.Lanes, scales + 1, 4);
            y2 = IntegerTile.AddBlock<F, S, V, I>(y2, D.Total(s2), scale, d + WeightMatrix.Lanes, scales + 2, 4);
            y3 = IntegerTile.AddBlock<F, S, V, I>(y3, D.Total(s3), scale, d + WeightMatrix.Lanes, scales + 3, 4);
            codes += blockBytes;
            d += F.HasMinimum ? 2 * WeightMatrix.Lanes : WeightMatrix.Lanes;
            x += 32;
            scales += 8;
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
        byte* codes = tile.Codes;
        float* d = tile.D, scales = tile.Scales;
        var x = tile.Bytes;
        var blockBytes = tile.BlockBytes;
        var mask = S.SetInt(0x0f0f0f0f);
        V y0 = S.Set(0);
        for (var b = tile.Blocks; b > 0; b--)
        {
            var c = S.LoadInts((int*)codes);
            I low = S.And(c, mask), high = S.And(S.ShiftRight(c, 4), mask);
            var s0 = D.Add(D.First(low, S.SetInt(x[0])), high, S.SetInt(x[4]));
            for (var j = 1; j < 4; j++)
            {
                c = S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes));
                low = S.And(c, mask);
                high = S.And(S.ShiftRight(c, 4), mask);
                var p = x + j;
                s0 = D.Add(D.Add(s0, low, S.SetInt(p[0])), high, S.SetInt(p[4]));
            }
            var scale = S.Load(d);
            y0 = IntegerTile.AddBlock<F, S, V, I>(y0, D.Total(s0), scale, d + WeightMatrix.Lanes, scales, 1);
            codes += blockBytes;
            d += F.HasMinimum ? 2 * WeightMatrix.Lanes : WeightMatrix.Lanes;
            x += 8;
            scales += 2;
        }
        S.Store(y0, tile.Y);
    }
}

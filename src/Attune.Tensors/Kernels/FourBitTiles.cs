using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// The innermost loops of <see cref="IntegerProduct"/> for 4-bit codes: a vector of outputs for a tile of rows stays in registers while
/// the blocks pass. Written out row by row, since only named locals stay in registers.
/// </summary>
internal static unsafe class FourBitTiles
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
            Sums<S, D, V, I>(codes, x0 + at, x1 + at, x2 + at, out var s0, out var s1, out var s2);
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
            var s = Sum<S, D, V, I>(tile.Codes + (long)b * tile.BlockBytes, tile.X + at);
            y = IntegerTile.AddBlock<F, S, V, I>(y, s, S.Load(d), d + WeightMatrix.Lanes, tile.X + at);
        }
        S.Store(y, tile.Y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sums<S, D, V, I>(byte* codes, byte* x0, byte* x1, byte* x2, out I s0, out I s1, out I s2)
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        var mask = S.SetInt(0x0f0f0f0f);
        var c = S.LoadInts((int*)codes);
        I low = S.And(c, mask), high = S.And(S.ShiftRight(c, 4), mask);
        var a0 = D.Add(D.First(low, S.SetInt(*(int*)x0)), high, S.SetInt(((int*)x0)[4]));
        var a1 = D.Add(D.First(low, S.SetInt(*(int*)x1)), high, S.SetInt(((int*)x1)[4]));
        var a2 = D.Add(D.First(low, S.SetInt(*(int*)x2)), high, S.SetInt(((int*)x2)[4]));
        for (var j = 1; j < 4; j++)
        {
            c = S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes));
            low = S.And(c, mask);
            high = S.And(S.ShiftRight(c, 4), mask);
            a0 = D.Add(D.Add(a0, low, S.SetInt(((int*)x0)[j])), high, S.SetInt(((int*)x0)[j + 4]));
            a1 = D.Add(D.Add(a1, low, S.SetInt(((int*)x1)[j])), high, S.SetInt(((int*)x1)[j + 4]));
            a2 = D.Add(D.Add(a2, low, S.SetInt(((int*)x2)[j])), high, S.SetInt(((int*)x2)[j + 4]));
        }
        (s0, s1, s2) = (D.Total(a0), D.Total(a1), D.Total(a2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I Sum<S, D, V, I>(byte* codes, byte* x)
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        var mask = S.SetInt(0x0f0f0f0f);
        var c = S.LoadInts((int*)codes);
        var s = D.Add(D.First(S.And(c, mask), S.SetInt(*(int*)x)), S.And(S.ShiftRight(c, 4), mask), S.SetInt(((int*)x)[4]));
        for (var j = 1; j < 4; j++)
        {
            c = S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes));
            s = D.Add(D.Add(s, S.And(c, mask), S.SetInt(((int*)x)[j])), S.And(S.ShiftRight(c, 4), mask), S.SetInt(((int*)x)[j + 4]));
        }
        return D.Total(s);
    }
}

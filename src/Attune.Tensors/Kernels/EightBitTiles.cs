using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// The innermost loops of <see cref="IntegerProduct"/> for 8-bit codes, as <see cref="FourBitTiles"/>. Where whole bytes would overflow 16-bit
/// sums, a code is its two halves: Σ q·p = 16·Σ (q div 16)·p + Σ (q mod 16)·p.
/// </summary>
internal static unsafe class EightBitTiles
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
        I mask = S.SetInt(0x0f0f0f0f), top = S.SetInt(unchecked((int)0x80808080));
        V y0 = S.Set(0), y1 = S.Set(0), y2 = S.Set(0), y3 = S.Set(0);
        for (var b = tile.Blocks; b > 0; b--)
        {
            I s0 = S.SetInt(0), s1 = S.SetInt(0), s2 = S.SetInt(0), s3 = S.SetInt(0);
            I h0 = S.SetInt(0), h1 = S.SetInt(0), h2 = S.SetInt(0), h3 = S.SetInt(0);
            for (var j = 0; j < 8; j++)
            {
                var c = S.Xor(S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes)), top);
                if (D.WholeBytes)
                {
                    s0 = D.Add(s0, c, S.SetInt(((int*)x0)[j]));
                    s1 = D.Add(s1, c, S.SetInt(((int*)x1)[j]));
                    s2 = D.Add(s2, c, S.SetInt(((int*)x2)[j]));
                    s3 = D.Add(s3, c, S.SetInt(((int*)x3)[j]));
                    continue;
                }
                I low = S.And(c, mask), high = S.And(S.ShiftRight(c, 4), mask);
                var p0 = S.SetInt(((int*)x0)[j]);
                s0 = D.Add(s0, low, p0);
                h0 = D.Add(h0, high, p0);
                var p1 = S.SetInt(((int*)x1)[j]);
                s1 = D.Add(s1, low, p1);
                h1 = D.Add(h1, high, p1);
                var p2 = S.SetInt(((int*)x2)[j]);
                s2 = D.Add(s2, low, p2);
                h2 = D.Add(h2, high, p2);
                var p3 = S.SetInt(((int*)x3)[j]);
                s3 = D.Add(s3, low, p3);
                h3 = D.Add(h3, high, p3);
            }
            var scale = S.Load(d);
            y0 = IntegerTile.AddBlock<F, S, V, I>(y0, Total<S, D, V, I>(s0, h0), scale, d, x0);
            y1 = IntegerTile.AddBlock<F, S, V, I>(y1, Total<S, D, V, I>(s1, h1), scale, d, x1);
            y2 = IntegerTile.AddBlock<F, S, V, I>(y2, Total<S, D, V, I>(s2, h2), scale, d, x2);
            y3 = IntegerTile.AddBlock<F, S, V, I>(y3, Total<S, D, V, I>(s3, h3), scale, d, x3);
            codes += blockBytes;
            d += WeightMatrix.Lanes;
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
        I mask = S.SetInt(0x0f0f0f0f), top = S.SetInt(unchecked((int)0x80808080));
        V y0 = S.Set(0);
        for (var b = tile.Blocks; b > 0; b--)
        {
            I s0 = S.SetInt(0);
            I h0 = S.SetInt(0);
            for (var j = 0; j < 8; j++)
            {
                var c = S.Xor(S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes)), top);
                if (D.WholeBytes)
                {
                    s0 = D.Add(s0, c, S.SetInt(((int*)x)[j]));
                    continue;
                }
                I low = S.And(c, mask), high = S.And(S.ShiftRight(c, 4), mask);
                var p0 = S.SetInt(((int*)x)[j]);
                s0 = D.Add(s0, low, p0);
                h0 = D.Add(h0, high, p0);
            }
            var scale = S.Load(d);
            y0 = IntegerTile.AddBlock<F, S, V, I>(y0, Total<S, D, V, I>(s0, h0), scale, d, x);
            codes += tile.BlockBytes;
            d += WeightMatrix.Lanes;
            x += ByteActivations.BlockBytes;
        }
        S.Store(y0, tile.Y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I Total<S, D, V, I>(I low, I high)
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
        => D.WholeBytes ? D.Total(low) : S.AddInts(D.Total(low), S.ShiftLeft(D.Total(high), 4));
}

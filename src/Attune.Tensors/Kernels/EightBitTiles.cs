using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Sums of a block of 8-bit codes with activations, as <see cref="FourBitTiles"/>. Where whole bytes would overflow 16-bit
/// sums, a code is its two halves: Σ q·p = 16·Σ (q div 16)·p + Σ (q mod 16)·p.
/// </summary>
internal static unsafe class EightBitTiles
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sums<S, D, V, I>(byte* codes, byte* x0, byte* x1, byte* x2, out I s0, out I s1, out I s2)
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        I mask = S.SetInt(0x0f0f0f0f), top = S.SetInt(unchecked((int)0x80808080));
        I a0 = S.SetInt(0), a1 = S.SetInt(0), a2 = S.SetInt(0);
        I h0 = S.SetInt(0), h1 = S.SetInt(0), h2 = S.SetInt(0);
        for (var j = 0; j < 8; j++)
        {
            var c = S.Xor(S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes)), top);
            I p0 = S.SetInt(((int*)x0)[j]), p1 = S.SetInt(((int*)x1)[j]), p2 = S.SetInt(((int*)x2)[j]);
            var low = D.WholeBytes ? c : S.And(c, mask);
            a0 = D.Add(a0, low, p0);
            a1 = D.Add(a1, low, p1);
            a2 = D.Add(a2, low, p2);
            if (D.WholeBytes)
                continue;
            var high = S.And(S.ShiftRight(c, 4), mask);
            h0 = D.Add(h0, high, p0);
            h1 = D.Add(h1, high, p1);
            h2 = D.Add(h2, high, p2);
        }
        (s0, s1, s2) = (Total<S, D, V, I>(a0, h0), Total<S, D, V, I>(a1, h1), Total<S, D, V, I>(a2, h2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Sum<S, D, V, I>(byte* codes, byte* x)
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        I mask = S.SetInt(0x0f0f0f0f), top = S.SetInt(unchecked((int)0x80808080));
        I s = S.SetInt(0), h = S.SetInt(0);
        for (var j = 0; j < 8; j++)
        {
            var c = S.Xor(S.LoadInts((int*)(codes + j * QuantisedMatrix.GroupBytes)), top);
            var p = S.SetInt(((int*)x)[j]);
            s = D.Add(s, D.WholeBytes ? c : S.And(c, mask), p);
            if (!D.WholeBytes)
                h = D.Add(h, S.And(S.ShiftRight(c, 4), mask), p);
        }
        return Total<S, D, V, I>(s, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I Total<S, D, V, I>(I low, I high)
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
        => D.WholeBytes ? D.Total(low) : S.AddInts(D.Total(low), S.ShiftLeft(D.Total(high), 4));
}

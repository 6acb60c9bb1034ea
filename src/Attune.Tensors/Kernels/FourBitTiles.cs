using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Sums of a block of 4-bit codes with activations, for three rows or one; <see cref="IntegerTiles"/> adds them to outputs.
/// </summary>
internal static unsafe class FourBitTiles
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sums<S, D, V, I>(byte* codes, byte* x0, byte* x1, byte* x2, out I s0, out I s1, out I s2)
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
    public static I Sum<S, D, V, I>(byte* codes, byte* x)
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

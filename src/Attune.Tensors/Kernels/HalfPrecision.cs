using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>float16 and bfloat16 to float32, exactly, in vectors (.NET does not expose the processor's own conversion).</summary>
internal static unsafe class HalfPrecision
{
    /// <summary>Width float16 values, finite or not, as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<S, V, I>(ushort* p)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var h = S.LoadUInt16(p);
        var magnitude = S.ShiftLeft(S.And(h, S.SetInt(0x7fff)), 13);
        // The exponent's bias is 127 instead of 15: times 2^112, which also normalises subnormals.
        var scaled = S.Multiply(S.AsFloat(magnitude), S.Set(5.192296858534828e33f));
        // Exponent 31 (infinity, NaN) has come out as 2^16 and more.
        var finite = S.LessThan(scaled, S.Set(65536f));
        var wide = S.Select(finite, scaled, S.AsFloat(S.Or(magnitude, S.SetInt(0x7f800000))));
        return S.AsFloat(S.Or(S.AsInt(wide), S.ShiftLeft(S.And(h, S.SetInt(0x8000)), 16)));
    }

    public static void ToFloat<S, V, I>(ushort* from, float* to, int count)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (var i = 0; i < count; i += S.Width)
            S.Store(Load<S, V, I>(from + i), to + i);
    }

    /// <summary>Pairs of bfloat16, [(count + 1) / 2][16 rows][2], as float32 [count][16].</summary>
    public static void BrainPairsToFloat<S, V, I>(uint* from, float* to, int count)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        const int Lanes = Weights.WeightMatrix.Lanes;
        for (var k = 0; k < count; k += 2, from += Lanes, to += 2 * Lanes)
            for (var lane = 0; lane < Lanes; lane += S.Width)
            {
                var pair = S.LoadInts((int*)from + lane);
                S.Store(S.AsFloat(S.ShiftLeft(pair, 16)), to + lane);
                if (k + 1 < count)
                    S.Store(S.AsFloat(S.And(pair, S.SetInt(unchecked((int)0xffff0000)))), to + Lanes + lane);
            }
    }
}

using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Half a block (16 columns) of 16 rows of a <see cref="QuantisedMatrix"/> to float32, as [16 columns][16 rows]. d·q is exact in
/// float32 (11 bits times at most 8), so the fused d·q + m equals the product and sum rounded one after the other.
/// </summary>
internal static unsafe class UnpackQuantised
{
    public static readonly delegate*<byte*, int, float*, void> Eight = KernelTier.Width switch
    {
        16 => &EightBits<Simd512, V512, I512>,
        8 => &EightBits<Simd256, V256, I256>,
        4 => &EightBits<Simd128, V128, I128>,
        _ => &EightBits<SimdScalar, float, int>,
    };

    public static readonly delegate*<byte*, int, float*, void> FourZero = KernelTier.Width switch
    {
        16 => &FourBitsZero<Simd512, V512, I512>,
        8 => &FourBitsZero<Simd256, V256, I256>,
        4 => &FourBitsZero<Simd128, V128, I128>,
        _ => &FourBitsZero<SimdScalar, float, int>,
    };

    public static readonly delegate*<byte*, int, float*, void> FourOne = KernelTier.Width switch
    {
        16 => &FourBitsOne<Simd512, V512, I512>,
        8 => &FourBitsOne<Simd256, V256, I256>,
        4 => &FourBitsOne<Simd128, V128, I128>,
        _ => &FourBitsOne<SimdScalar, float, int>,
    };

    private const int Lanes = WeightMatrix.Lanes;

    private static void EightBits<S, V, I>(byte* block, int half, float* to)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (var lane = 0; lane < Lanes; lane += S.Width)
        {
            var d = HalfPrecision.Load<S, V, I>((ushort*)block + lane);
            var codes = block + Lanes * sizeof(ushort) + half * 4 * QuantisedMatrix.GroupBytes + lane * 4;
            var out0 = to + lane;
            for (var j = 0; j < 4; j++, codes += QuantisedMatrix.GroupBytes, out0 += 4 * Lanes)
            {
                var c = S.LoadInts((int*)codes);
                S.Store(S.Multiply(d, S.ToFloat(S.ShiftRightArithmetic(S.ShiftLeft(c, 24), 24))), out0);
                S.Store(S.Multiply(d, S.ToFloat(S.ShiftRightArithmetic(S.ShiftLeft(c, 16), 24))), out0 + Lanes);
                S.Store(S.Multiply(d, S.ToFloat(S.ShiftRightArithmetic(S.ShiftLeft(c, 8), 24))), out0 + 2 * Lanes);
                S.Store(S.Multiply(d, S.ToFloat(S.ShiftRightArithmetic(c, 24))), out0 + 3 * Lanes);
            }
        }
    }

    private static void FourBitsZero<S, V, I>(byte* block, int half, float* to)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (var lane = 0; lane < Lanes; lane += S.Width)
        {
            var d = HalfPrecision.Load<S, V, I>((ushort*)block + lane);
            // d·(q − 8) = d·q + (−8d), both products exact.
            var m = S.Multiply(d, S.Set(-8));
            Nibbles<S, V, I>(block + Lanes * sizeof(ushort) + lane * 4, half, d, m, to + lane);
        }
    }

    private static void FourBitsOne<S, V, I>(byte* block, int half, float* to)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        for (var lane = 0; lane < Lanes; lane += S.Width)
        {
            var d = HalfPrecision.Load<S, V, I>((ushort*)block + lane);
            var m = HalfPrecision.Load<S, V, I>((ushort*)block + Lanes + lane);
            Nibbles<S, V, I>(block + 2 * Lanes * sizeof(ushort) + lane * 4, half, d, m, to + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Nibbles<S, V, I>(byte* codes, int half, V d, V m, float* to)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var mask = S.SetInt(15);
        for (var j = 0; j < 4; j++, codes += QuantisedMatrix.GroupBytes, to += 4 * Lanes)
        {
            var c = S.ShiftRight(S.LoadInts((int*)codes), 4 * half);
            S.Store(S.Fma(d, S.ToFloat(S.And(c, mask)), m), to);
            S.Store(S.Fma(d, S.ToFloat(S.And(S.ShiftRight(c, 8), mask)), m), to + Lanes);
            S.Store(S.Fma(d, S.ToFloat(S.And(S.ShiftRight(c, 16), mask)), m), to + 2 * Lanes);
            S.Store(S.Fma(d, S.ToFloat(S.And(S.ShiftRight(c, 24), mask)), m), to + 3 * Lanes);
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Tensors.Kernels;

namespace Attune.Tensors;

/// <summary>
/// The loops behind <see cref="MachineLimits"/>. Twelve chains hide the latency of a multiply-add on every processor known; each limit is measured with the
/// widest instruction that the kernels may use. Where a processor multiplies bfloat16 or bytes no faster than float32, that is their limit.
/// </summary>
internal static unsafe class PeakLoops
{
    private const int Chains = 12;

    private static volatile float Sink;

    public static PeakLoop Float32 { get; } = KernelTier.Width switch
    {
        16 => Multiplying("vfmadd, 512 bits", 16 * 2, (t, _, _) => FloatChains<Simd512, V512, I512>(t)),
        8 => Multiplying("vfmadd, 256 bits", 8 * 2, (t, _, _) => FloatChains<Simd256, V256, I256>(t)),
        4 => Multiplying("multiply-add, 128 bits", 4 * 2, (t, _, _) => FloatChains<Simd128, V128, I128>(t)),
        _ => Multiplying("multiply-add, scalar", 2, (t, _, _) => FloatChains<SimdScalar, float, int>(t)),
    };

    public static PeakLoop BFloat16 { get; } = Float32;

    public static PeakLoop Int8 { get; } = IntegerTiers.Best switch
    {
        IntegerTier.Avx512 => Multiplying("vpmaddubsw, 512 bits", 64 * 2, (t, _, _) => ByteChains<Simd512, ByteProducts512, V512, I512>(t)),
        IntegerTier.AvxVnni => Multiplying("vpdpbusd, 256 bits", 32 * 2, (t, _, _) => ByteChains<Simd256, ByteProductsVnni, V256, I256>(t)),
        IntegerTier.Avx2 => Multiplying("vpmaddubsw, 256 bits", 32 * 2, (t, _, _) => ByteChains<Simd256, ByteProducts256, V256, I256>(t)),
        _ => Float32,
    };

    /// <summary>Reads a buffer of its own from end to end, each thread its part; a turn is 4 KiB.</summary>
    public static PeakLoop Memory(long bytes)
    {
        const int turn = 4096;
        var buffer = new NativeBuffer(bytes, clear: true);
        return new PeakLoop(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"reading {bytes >> 20} MiB"), turn, (turns, thread, threads) =>
        {
            var part = bytes / threads / turn * turn;
            var start = buffer.Pointer + thread * part;
            for (; turns > 0; turns -= part / turn)
                Read(start, Math.Min(part, turns * turn));
        }, leastTurns: bytes / turn, memory: buffer);
    }

    private static PeakLoop Multiplying(string instruction, int operations, Action<long, int, int> work) => new(instruction, Chains * operations, work);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float FloatChains<S, V, I>(long turns)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V m = S.Set(0.999f), c = S.Set(0.001f);
        V a0 = c, a1 = c, a2 = c, a3 = c, a4 = c, a5 = c, a6 = c, a7 = c, a8 = c, a9 = c, aa = c, ab = c;
        for (; turns > 0; turns--)
        {
            a0 = S.Fma(a0, m, c);
            a1 = S.Fma(a1, m, c);
            a2 = S.Fma(a2, m, c);
            a3 = S.Fma(a3, m, c);
            a4 = S.Fma(a4, m, c);
            a5 = S.Fma(a5, m, c);
            a6 = S.Fma(a6, m, c);
            a7 = S.Fma(a7, m, c);
            a8 = S.Fma(a8, m, c);
            a9 = S.Fma(a9, m, c);
            aa = S.Fma(aa, m, c);
            ab = S.Fma(ab, m, c);
        }
        return Keep<S, V, I>(a0, a1, a2, a3) + Keep<S, V, I>(a4, a5, a6, a7) + Keep<S, V, I>(a8, a9, aa, ab);
    }

    /// <summary>Makes a loop's results wanted, so that it is not left out.</summary>
    private static float Keep<S, V, I>(V a, V b, V c, V d)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.MaxAcross(S.Max(S.Max(a, b), S.Max(c, d)));

    /// <summary>The products of bytes of a tier, with operands from the first-level cache: so they cannot be moved out of the loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ByteChains<S, D, V, I>(long turns)
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        var bytes = stackalloc int[2 * 16];
        new Span<int>(bytes, 2 * 16).Fill(0x01010101);
        var zero = S.SetInt(0);
        I a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero, a8 = zero, a9 = zero, aa = zero, ab = zero;
        for (; turns > 0; turns--)
        {
            I x = S.LoadInts(bytes + (turns & 16)), y = S.LoadInts(bytes + 16 - (turns & 16));
            a0 = D.Add(a0, x, y);
            a1 = D.Add(a1, x, y);
            a2 = D.Add(a2, x, y);
            a3 = D.Add(a3, x, y);
            a4 = D.Add(a4, x, y);
            a5 = D.Add(a5, x, y);
            a6 = D.Add(a6, x, y);
            a7 = D.Add(a7, x, y);
            a8 = D.Add(a8, x, y);
            a9 = D.Add(a9, x, y);
            aa = D.Add(aa, x, y);
            ab = D.Add(ab, x, y);
        }
        return S.SumAcross(S.Xor(S.Xor(S.Xor(a0, a1), S.Xor(a2, a3)), S.Xor(S.Xor(S.Xor(a4, a5), S.Xor(a6, a7)), S.Xor(S.Xor(a8, a9), S.Xor(aa, ab)))));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(byte* from, long bytes)
    {
        // Four loads at once keep enough lines under way; what is read is made to matter.
        V512 a = default, b = default, c = default, d = default;
        for (var end = from + bytes; from < end; from += 256)
        {
            a = Vector512.Max(a, Vector512.Load((float*)from));
            b = Vector512.Max(b, Vector512.Load((float*)(from + 64)));
            c = Vector512.Max(c, Vector512.Load((float*)(from + 128)));
            d = Vector512.Max(d, Vector512.Load((float*)(from + 192)));
        }
        Sink = (a + b + c + d)[0];
    }
}

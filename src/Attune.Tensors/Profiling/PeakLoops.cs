using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Tensors.Kernels;
using Attune.Tensors.MachineCode;

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

    public static PeakLoop BFloat16 { get; } = MachineTier.HasBrainProducts && MachinePeaks.BFloat16 is { } brain ? Multiplying("vdpbf16ps, 512 bits", 32 * 2, brain, MachinePeaks.Chains) : Float32;

    public static PeakLoop Int8 { get; } = IntegerTiers.Best switch
    {
        IntegerTier.MachineCode when MachinePeaks.Int8 is { } bytes => Multiplying("vpdpbusd, 512 bits", 64 * 2, bytes, MachinePeaks.Chains),
        IntegerTier.MachineCode or IntegerTier.Avx512 => Multiplying("vpmaddubsw, 512 bits", 64 * 2, (t, _, _) => ByteChains<Simd512, ByteProducts512, V512, I512>(t)),
        IntegerTier.AvxVnni => Multiplying("vpdpbusd, 256 bits", 32 * 2, (t, _, _) => ByteChains<Simd256, ByteProductsVnni, V256, I256>(t)),
        IntegerTier.Avx2 => Multiplying("vpmaddubsw, 256 bits", 32 * 2, (t, _, _) => ByteChains<Simd256, ByteProducts256, V256, I256>(t)),
        _ => Float32,
    };

    /// <summary>Reads a buffer of its own from end to end, each thread its part.</summary>
    public static PeakLoop Memory(long bytes)
    {
        var buffer = new NativeBuffer(bytes, clear: true);
        var instruction = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"reading {bytes >> 20} MiB");
        return new PeakLoop(instruction, threads => PartOf(bytes, threads), (turns, thread, threads) =>
        {
            var part = PartOf(bytes, threads);
            for (; turns > 0; turns--)
                Read(buffer.Pointer + thread * part, part);
        }, buffer);
    }

    private static long PartOf(long bytes, int threads) => bytes / threads / 256 * 256;

    private static PeakLoop Multiplying(string instruction, int operations, Action<long, int, int> work, int chains = Chains) => new(instruction, _ => chains * operations, work);

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
        // Each chain has an operand of its own, or the products would be computed once for all.
        const int operands = (Chains + 2) * 16;
        var room = stackalloc int[operands + 16];
        // A vector that crosses a cache line would take two loads.
        var bytes = (int*)((nint)room + 63 & ~63);
        new Span<int>(bytes, operands).Fill(0x01010101);
        var zero = S.SetInt(0);
        I a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero, a6 = zero, a7 = zero, a8 = zero, a9 = zero, aa = zero, ab = zero;
        for (; turns > 0; turns--)
        {
            var x = S.LoadInts(bytes + (turns & 1) * 16);
            a0 = D.Add(a0, x, S.LoadInts(bytes + 32));
            a1 = D.Add(a1, x, S.LoadInts(bytes + 48));
            a2 = D.Add(a2, x, S.LoadInts(bytes + 64));
            a3 = D.Add(a3, x, S.LoadInts(bytes + 80));
            a4 = D.Add(a4, x, S.LoadInts(bytes + 96));
            a5 = D.Add(a5, x, S.LoadInts(bytes + 112));
            a6 = D.Add(a6, x, S.LoadInts(bytes + 128));
            a7 = D.Add(a7, x, S.LoadInts(bytes + 144));
            a8 = D.Add(a8, x, S.LoadInts(bytes + 160));
            a9 = D.Add(a9, x, S.LoadInts(bytes + 176));
            aa = D.Add(aa, x, S.LoadInts(bytes + 192));
            ab = D.Add(ab, x, S.LoadInts(bytes + 208));
        }
        return S.SumAcross(S.Xor(S.Xor(S.Xor(a0, a1), S.Xor(a2, a3)), S.Xor(S.Xor(S.Xor(a4, a5), S.Xor(a6, a7)), S.Xor(S.Xor(a8, a9), S.Xor(aa, ab)))));
    }

    /// <summary>Reads from four places at once, which is faster than from one; what is read is made to matter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(byte* from, long bytes)
    {
        V512 a = default, b = default, c = default, d = default;
        var quarter = bytes / 4;
        for (var end = from + quarter; from < end; from += 64)
        {
            a = Vector512.Max(a, Vector512.Load((float*)from));
            b = Vector512.Max(b, Vector512.Load((float*)(from + quarter)));
            c = Vector512.Max(c, Vector512.Load((float*)(from + 2 * quarter)));
            d = Vector512.Max(d, Vector512.Load((float*)(from + 3 * quarter)));
        }
        Sink = (a + b + c + d)[0];
    }
}

using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// y = x·Wᵀ for one row x in float32 and quantised weights, which are unpacked in registers: four panels of 16 outputs side by side, so that
/// their chains of multiply-adds do not wait for one another. The numbers and their order are those of <see cref="UnpackQuantised"/> and
/// <see cref="MatrixProduct"/>, so the bits are the same.
/// </summary>
internal static unsafe class QuantisedVectorProduct
{
    private const int Lanes = WeightMatrix.Lanes;
    private const int Panels = 4;

    /// <summary>The product as a part of a <see cref="FrozenProduct"/>: x [w.Columns], y [w.Rows].</summary>
    public static ProductPart Part(float* x, QuantisedMatrix w, float* y, Arena memory)
    {
        var job = (Job*)memory.Take(sizeof(Job));
        var panels = Math.Clamp(w.Panels / (4 * ThreadTeam.Threads), Panels, 4 * Panels) / Panels * Panels;
        *job = new Job { X = x, Y = y, PanelsPerItem = panels };
        return new ProductPart { Kernel = Kernel(w.Format), Job = job, Items = (w.Panels + panels - 1) / panels };
    }

    private static delegate*<object?, void*, int, int, void> Kernel(WeightFormat format) => format switch
    {
        WeightFormat.Q8_0 => Kernel<CodesQ8Zero>(),
        WeightFormat.Q4_0 => Kernel<CodesQ4Zero>(),
        _ => Kernel<CodesQ4One>(),
    };

    private static delegate*<object?, void*, int, int, void> Kernel<F>()
        where F : struct, IBlockCodes
        => KernelTier.Width switch
        {
            16 => &Item<F, Simd512, V512, I512>,
            8 => &Item<F, Simd256, V256, I256>,
            4 => &Item<F, Simd128, V128, I128>,
            _ => &Item<F, SimdScalar, float, int>,
        };

    private struct Job
    {
        public float* X, Y;
        public int PanelsPerItem;
    }

    private static void Item<F, S, V, I>(object? state, void* context, int item, int worker)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var w = Unsafe.As<QuantisedMatrix>(state!);
        var sums = stackalloc float[Panels * Lanes];
        var end = Math.Min(w.Panels, (item + 1) * job.PanelsPerItem);
        for (var panel = item * job.PanelsPerItem; panel < end; panel += Panels)
        {
            // Where fewer panels are left the last one is computed again.
            var left = Math.Min(Panels, end - panel);
            for (var lane = 0; lane < Lanes; lane += S.Width)
                Sum<F, S, V, I>(w, w.PanelData(panel), w.PanelData(panel + Math.Min(1, left - 1)), w.PanelData(panel + Math.Min(2, left - 1)), w.PanelData(panel + left - 1), lane, job.X, sums + lane);
            var values = Math.Min(left * Lanes, w.Rows - panel * Lanes);
            new Span<float>(sums, values).CopyTo(new Span<float>(job.Y + panel * Lanes, values));
        }
    }

    private static void Sum<F, S, V, I>(QuantisedMatrix w, byte* p0, byte* p1, byte* p2, byte* p3, int lane, float* x, float* sums)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V y0 = S.Set(0), y1 = y0, y2 = y0, y3 = y0;
        var codes = w.CodesOffset + lane * 4;
        for (var b = w.Columns / QuantisedMatrix.BlockLength; b > 0; b--)
        {
            V d0 = Scale<S, V, I>(p0, lane), d1 = Scale<S, V, I>(p1, lane), d2 = Scale<S, V, I>(p2, lane), d3 = Scale<S, V, I>(p3, lane);
            V m0 = Minimum<F, S, V, I>(p0, lane, d0), m1 = Minimum<F, S, V, I>(p1, lane, d1), m2 = Minimum<F, S, V, I>(p2, lane, d2), m3 = Minimum<F, S, V, I>(p3, lane, d3);
            for (var half = 0; half < 2; half++)
                for (var j = 0; j < 4; j++, x += 4)
                {
                    var at = codes + (F.EightBits ? half * 4 + j : j) * QuantisedMatrix.GroupBytes;
                    I c0 = Codes<F, S, V, I>(p0 + at, half), c1 = Codes<F, S, V, I>(p1 + at, half), c2 = Codes<F, S, V, I>(p2 + at, half), c3 = Codes<F, S, V, I>(p3 + at, half);
                    var s = S.Set(x[0]);
                    y0 = S.Fma(s, Value<F, S, V, I>(c0, 0, d0, m0), y0);
                    y1 = S.Fma(s, Value<F, S, V, I>(c1, 0, d1, m1), y1);
                    y2 = S.Fma(s, Value<F, S, V, I>(c2, 0, d2, m2), y2);
                    y3 = S.Fma(s, Value<F, S, V, I>(c3, 0, d3, m3), y3);
                    s = S.Set(x[1]);
                    y0 = S.Fma(s, Value<F, S, V, I>(c0, 1, d0, m0), y0);
                    y1 = S.Fma(s, Value<F, S, V, I>(c1, 1, d1, m1), y1);
                    y2 = S.Fma(s, Value<F, S, V, I>(c2, 1, d2, m2), y2);
                    y3 = S.Fma(s, Value<F, S, V, I>(c3, 1, d3, m3), y3);
                    s = S.Set(x[2]);
                    y0 = S.Fma(s, Value<F, S, V, I>(c0, 2, d0, m0), y0);
                    y1 = S.Fma(s, Value<F, S, V, I>(c1, 2, d1, m1), y1);
                    y2 = S.Fma(s, Value<F, S, V, I>(c2, 2, d2, m2), y2);
                    y3 = S.Fma(s, Value<F, S, V, I>(c3, 2, d3, m3), y3);
                    s = S.Set(x[3]);
                    y0 = S.Fma(s, Value<F, S, V, I>(c0, 3, d0, m0), y0);
                    y1 = S.Fma(s, Value<F, S, V, I>(c1, 3, d1, m1), y1);
                    y2 = S.Fma(s, Value<F, S, V, I>(c2, 3, d2, m2), y2);
                    y3 = S.Fma(s, Value<F, S, V, I>(c3, 3, d3, m3), y3);
                }
            p0 += w.BlockBytesInPanel;
            p1 += w.BlockBytesInPanel;
            p2 += w.BlockBytesInPanel;
            p3 += w.BlockBytesInPanel;
        }
        S.Store(y0, sums);
        S.Store(y1, sums + Lanes);
        S.Store(y2, sums + 2 * Lanes);
        S.Store(y3, sums + 3 * Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Scale<S, V, I>(byte* block, int lane)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => HalfPrecision.Load<S, V, I>((ushort*)block + lane);

    /// <summary>What stands for code 0: m, −8·d or nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Minimum<F, S, V, I>(byte* block, int lane, V d)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => F.HasMinimum ? HalfPrecision.Load<S, V, I>((ushort*)block + Lanes + lane) : F.EightBits ? d : S.Multiply(d, S.Set(-8));

    /// <summary>The codes of four columns; of the lower or the upper nibbles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I Codes<F, S, V, I>(byte* p, int half)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => F.EightBits ? S.LoadInts((int*)p) : S.And(S.ShiftRight(S.LoadInts((int*)p), 4 * half), S.SetInt(0x0f0f0f0f));

    /// <summary>The weights of column <paramref name="i"/> of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Value<F, S, V, I>(I codes, int i, V d, V m)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        if (F.EightBits)
            return S.Multiply(d, S.ToFloat(S.ShiftRightArithmetic(S.ShiftLeft(codes, 24 - 8 * i), 24)));
        var q = i switch
        {
            0 => S.And(codes, S.SetInt(15)),
            3 => S.ShiftRight(codes, 24),
            _ => S.And(S.ShiftRight(codes, 8 * i), S.SetInt(15)),
        };
        return S.Fma(d, S.ToFloat(q), m);
    }
}

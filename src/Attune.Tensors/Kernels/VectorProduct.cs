using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// y = x·Wᵀ for one row x in float32 and weights in a float format: eight panels of 16 outputs side by side, so that the chains of multiply-adds of
/// one do not wait for those of another. Each output is one chain over ascending k, as in <see cref="MatrixProduct"/>, so the bits are the same.
/// </summary>
internal static unsafe class VectorProduct
{
    private const int Lanes = WeightMatrix.Lanes;
    private const int Panels = 8;

    /// <summary>Columns unpacked at a time: 8 panels × 32 × 16 floats (16 KiB) stay in the first-level cache.</summary>
    private const int Columns = 32;

    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Item<Simd512, V512, I512>,
        8 => &Item<Simd256, V256, I256>,
        4 => &Item<Simd128, V128, I128>,
        _ => &Item<SimdScalar, float, int>,
    };

    /// <summary>The product as a part of a <see cref="FrozenProduct"/>: x [w.Columns], y [w.Rows].</summary>
    public static ProductPart Part(float* x, WeightMatrix w, float* y, Arena memory)
    {
        if (w is QuantisedMatrix quantised)
            return QuantisedVectorProduct.Part(x, quantised, y, memory);
        var job = (Job*)memory.Take(sizeof(Job));
        *job = new Job { X = x, Y = y };
        return new ProductPart { Kernel = Kernel, Job = job, Items = (w.Panels + Panels - 1) / Panels };
    }

    private struct Job
    {
        public float* X, Y;
    }

    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var w = Unsafe.As<WeightMatrix>(state!);
        var scratch = (float*)ThreadTeam.Scratch(worker, Panels * Columns * Lanes * sizeof(float));
        var sums = stackalloc float[Panels * Lanes];
        var p = stackalloc float*[Panels];
        var first = item * Panels;
        var last = Math.Min(first + Panels, w.Panels) - 1;
        for (var start = 0; start < w.Columns; start += Columns)
        {
            var count = Math.Min(Columns, w.Columns - start);
            for (var i = 0; i < Panels; i++)
                p[i] = i > 0 && first + i > last ? p[i - 1] : w.Unpack(first + i, start, count, scratch + i * Columns * Lanes);
            for (var lane = 0; lane < Lanes; lane += S.Width)
                AddColumns<S, V, I>(p, lane, job.X + start, count, sums + lane, start > 0);
        }
        var values = Math.Min(w.Rows - first * Lanes, Panels * Lanes);
        new Span<float>(sums, values).CopyTo(new Span<float>(job.Y + first * Lanes, values));
    }

    private static void AddColumns<S, V, I>(float** p, int lane, float* x, int count, float* sums, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        float* p0 = p[0] + lane, p1 = p[1] + lane, p2 = p[2] + lane, p3 = p[3] + lane;
        float* p4 = p[4] + lane, p5 = p[5] + lane, p6 = p[6] + lane, p7 = p[7] + lane;
        V y0 = S.Set(0), y1 = y0, y2 = y0, y3 = y0, y4 = y0, y5 = y0, y6 = y0, y7 = y0;
        if (load)
        {
            (y0, y1, y2, y3) = (S.Load(sums), S.Load(sums + Lanes), S.Load(sums + 2 * Lanes), S.Load(sums + 3 * Lanes));
            (y4, y5, y6, y7) = (S.Load(sums + 4 * Lanes), S.Load(sums + 5 * Lanes), S.Load(sums + 6 * Lanes), S.Load(sums + 7 * Lanes));
        }
        for (long k = 0; k < count * Lanes; k += Lanes)
        {
            var s = S.Set(*x++);
            y0 = S.Fma(s, S.Load(p0 + k), y0);
            y1 = S.Fma(s, S.Load(p1 + k), y1);
            y2 = S.Fma(s, S.Load(p2 + k), y2);
            y3 = S.Fma(s, S.Load(p3 + k), y3);
            y4 = S.Fma(s, S.Load(p4 + k), y4);
            y5 = S.Fma(s, S.Load(p5 + k), y5);
            y6 = S.Fma(s, S.Load(p6 + k), y6);
            y7 = S.Fma(s, S.Load(p7 + k), y7);
        }
        S.Store(y0, sums);
        S.Store(y1, sums + Lanes);
        S.Store(y2, sums + 2 * Lanes);
        S.Store(y3, sums + 3 * Lanes);
        S.Store(y4, sums + 4 * Lanes);
        S.Store(y5, sums + 5 * Lanes);
        S.Store(y6, sums + 6 * Lanes);
        S.Store(y7, sums + 7 * Lanes);
    }
}

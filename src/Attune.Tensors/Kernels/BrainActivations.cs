namespace Attune.Tensors.Kernels;

/// <summary>Activations rounded to bfloat16 (nearest, ties to even) and held as float32; infinities and NaN stay as they are.</summary>
internal static unsafe class BrainActivations
{
    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Item<Simd512, V512, I512>,
        8 => &Item<Simd256, V256, I256>,
        4 => &Item<Simd128, V128, I128>,
        _ => &Item<SimdScalar, float, int>,
    };

    public static void Round(float* x, long count, float* y)
    {
        using var _ = Profile.Measure(OperationKind.Quantise, 0, 8 * count);
        var job = new Job { X = x, Y = y, Count = count };
        Chunks.Run(Kernel, &job, count);
    }

    private struct Job
    {
        public float* X, Y;
        public long Count;
    }

    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (i, end) = Chunks.Range(item, job.Count);
        for (; i + S.Width <= end; i += S.Width)
            S.Store(Rounded<S, V, I>(S.Load(job.X + i)), job.Y + i);
        for (; i < end; i++)
            job.Y[i] = Rounded<SimdScalar, float, int>(job.X[i]);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    private static V Rounded<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var bits = S.AsInt(x);
        // Half of the last place kept, less one where that place is even: a tie then stays below.
        var half = S.AddInts(S.SetInt(0x7fff), S.And(S.ShiftRight(bits, 16), S.SetInt(1)));
        var rounded = S.AsFloat(S.And(S.AddInts(bits, half), S.SetInt(unchecked((int)0xffff0000))));
        var magnitude = S.AsFloat(S.And(bits, S.SetInt(0x7fffffff)));
        return S.Select(S.LessThan(magnitude, S.Set(float.PositiveInfinity)), rounded, x);
    }
}

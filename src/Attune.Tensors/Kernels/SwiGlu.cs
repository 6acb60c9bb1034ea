using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>y = silu(gate)·up, silu(x) = x/(1 + e^−x) (Shazeer 2020).</summary>
internal static unsafe class SwiGlu
{
    public static void Forward(Tensor gate, Tensor up, Tensor y) => Elementwise<Value>.Run(gate.Data, up.Data, y.Data, y.Count);

    private static readonly delegate*<object?, void*, int, int, void> BackwardKernel = KernelTier.Width switch
    {
        16 => &BackwardChunk<Simd512, V512, I512>,
        8 => &BackwardChunk<Simd256, V256, I256>,
        4 => &BackwardChunk<Simd128, V128, I128>,
        _ => &BackwardChunk<SimdScalar, float, int>,
    };

    /// <summary>dgate += dy·up·σ(g)(1 + g(1 − σ(g))), dup += dy·silu(g); either may be null, and is written rather than added to where it is said to be the first.</summary>
    public static void Backward(Tensor gate, Tensor up, Tensor dy, float* dGate, float* dUp, bool firstGate = false, bool firstUp = false)
    {
        var job = new Job { Gate = gate.Data, Up = up.Data, Dy = dy.Data, DGate = dGate, DUp = dUp, FirstGate = firstGate, FirstUp = firstUp, Count = dy.Count };
        Chunks.Run(BackwardKernel, &job, dy.Count);
    }

    private readonly struct Value : IElementwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void At<S, V, I>(float* a, float* b, float* y, float scale)
            where S : struct, ISimd<V, I>
            where V : struct
            where I : struct
            => S.Store(S.Multiply(Activations.Silu.Value<S, V, I>(S.Load(a)), S.Load(b)), y);
    }

    private struct Job
    {
        public float* Gate, Up, Dy, DGate, DUp;
        public bool FirstGate, FirstUp;
        public long Count;
    }

    private static void BackwardChunk<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (i, end) = Chunks.Range(item, job.Count);
        for (; i <= end - S.Width; i += S.Width)
            BackwardAt<S, V, I>(ref job, i);
        for (; i < end; i++)
            BackwardAt<SimdScalar, float, int>(ref job, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BackwardAt<S, V, I>(ref Job job, long i)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V g = S.Load(job.Gate + i), dy = S.Load(job.Dy + i);
        var sigmoid = VectorMath.Sigmoid<S, V, I>(g);
        var silu = S.Multiply(g, sigmoid);
        if (job.DUp is not null)
            S.Store(S.Fma(dy, silu, job.FirstUp ? S.Set(0) : S.Load(job.DUp + i)), job.DUp + i);
        if (job.DGate is null)
            return;
        // σ + g·σ·(1 − σ)
        var slope = S.Fma(silu, S.Subtract(S.Set(1), sigmoid), sigmoid);
        S.Store(S.Fma(S.Multiply(dy, S.Load(job.Up + i)), slope, job.FirstGate ? S.Set(0) : S.Load(job.DGate + i)), job.DGate + i);
    }
}

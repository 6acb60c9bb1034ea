using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>Runs an <see cref="IUpdateRule"/> over a parameter in chunks. Entries do not meet, so the bits depend neither on width nor on threads.</summary>
internal static unsafe class UpdateKernel
{
    /// <summary>parameter, parts ← rule(parameter, sign·gradient, parts).</summary>
    public static void Run<TRule>(TRule rule, OptimizerSlot slot, float* parameter, float* gradient, float sign)
        where TRule : unmanaged, IUpdateRule =>
        Run(rule, slot, parameter, gradient, sign, KernelTier.Width);

    internal static void Run<TRule>(TRule rule, OptimizerSlot slot, float* parameter, float* gradient, float sign, int width)
        where TRule : unmanaged, IUpdateRule
    {
        delegate*<object?, void*, int, int, void> kernel = width switch
        {
            16 => &Chunk<TRule, Simd512, V512, I512>,
            8 => &Chunk<TRule, Simd256, V256, I256>,
            4 => &Chunk<TRule, Simd128, V128, I128>,
            _ => &Chunk<TRule, SimdScalar, float, int>,
        };
        var job = new Job<TRule>
        {
            Rule = rule, Parameter = parameter, Gradient = gradient, Sign = sign, Count = slot.Count,
            A = slot.Part(0), B = slot.Part(1), C = slot.Part(2),
        };
        Chunks.Run(kernel, &job, slot.Count);
    }

    private struct Job<TRule>
        where TRule : unmanaged
    {
        public TRule Rule;
        public float* Parameter, Gradient, A, B, C;
        public float Sign;
        public long Count;
    }

    private static void Chunk<TRule, S, V, I>(object? state, void* context, int item, int worker)
        where TRule : unmanaged, IUpdateRule
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job<TRule>*)context;
        var (i, end) = Chunks.Range(item, job.Count);
        for (; i <= end - S.Width; i += S.Width)
            Step<TRule, S, V, I>(ref job, i);
        for (; i < end; i++)
            Step<TRule, SimdScalar, float, int>(ref job, i);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    private static void Step<TRule, S, V, I>(ref Job<TRule> job, long i)
        where TRule : unmanaged, IUpdateRule
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var gradient = S.Multiply(S.Load(job.Gradient + i), S.Set(job.Sign));
        var a = job.A is null ? default : S.Load(job.A + i);
        var b = job.B is null ? default : S.Load(job.B + i);
        var c = job.C is null ? default : S.Load(job.C + i);
        S.Store(job.Rule.Apply<S, V, I>(S.Load(job.Parameter + i), gradient, ref a, ref b, ref c), job.Parameter + i);
        if (job.A is not null)
            S.Store(a, job.A + i);
        if (job.B is not null)
            S.Store(b, job.B + i);
        if (job.C is not null)
            S.Store(c, job.C + i);
    }
}

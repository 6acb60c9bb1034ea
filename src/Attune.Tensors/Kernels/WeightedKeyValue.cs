namespace Attune.Tensors.Kernels;

/// <summary>
/// RWKV's weighted sum of values, every channel alone: numerator N ← e^w·N + e^k·v and denominator D ← e^w·D + e^k, held as N·e^−p and D·e^−p under the largest exponent p
/// so far, so that nothing overflows. Channels stand side by side in vectors; tokens go one after another.
/// </summary>
internal static unsafe class WeightedKeyValue
{
    /// <summary>Floats of a channel's state: numerator, denominator, exponent.</summary>
    public const int StateRows = 3;

    /// <summary>The exponent before the first token: less than any other.</summary>
    public const float Nothing = -1e38f;

    private static readonly delegate*<object?, void*, int, int, void> ForwardKernel = KernelTier.Width switch
    {
        16 => &ForwardBlock<Simd512, V512, I512>,
        8 => &ForwardBlock<Simd256, V256, I256>,
        4 => &ForwardBlock<Simd128, V128, I128>,
        _ => &ForwardBlock<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> BackwardKernel = KernelTier.Width switch
    {
        16 => &BackwardBlock<Simd512, V512, I512>,
        8 => &BackwardBlock<Simd256, V256, I256>,
        4 => &BackwardBlock<Simd128, V128, I128>,
        _ => &BackwardBlock<SimdScalar, float, int>,
    };

    public static void Forward(Job job) => ColumnBlocks.Run(ForwardKernel, &job, job.K.Rows, job.K.Columns);

    public static void Backward(Job job) => ColumnBlocks.Run(BackwardKernel, &job, job.K.Rows, job.K.Columns);

    public struct Job
    {
        /// <summary>[M, C]; backward Y is its gradient.</summary>
        public Tensor K, V, Y;

        /// <summary>[C]: the decay w (negative), and what the present key gets besides.</summary>
        public float* Decay, First;

        public int* Lengths;

        public int Sequences;

        /// <summary>[sequences, 3, C], read and written; null: nothing before, nothing kept.</summary>
        public float* State;

        /// <summary>Gradients that are added to; null: not wanted.</summary>
        public float* DK, DV, DDecay, DFirst;
    }

    private static void ForwardBlock<S, V, I>(object? unused, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = ColumnBlocks.Range(item, job.K.Columns);
        var c = start;
        for (; c + S.Width <= end; c += S.Width)
            Channels<S, V, I>(ref job, c);
        for (; c < end; c++)
            Channels<SimdScalar, float, int>(ref job, c);
    }

    private static void Channels<S, V, I>(ref Job job, int c)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var columns = job.K.Columns;
        V decay = S.Load(job.Decay + c), first = S.Load(job.First + c);
        var token = 0;
        for (var s = 0; s < job.Sequences; s++)
        {
            V num = S.Set(0), den = S.Set(0), top = S.Set(Nothing);
            var state = job.State is null ? null : job.State + (long)s * StateRows * columns + c;
            if (state is not null)
                (num, den, top) = (S.Load(state), S.Load(state + columns), S.Load(state + 2 * columns));
            for (var stop = token + job.Lengths[s]; token < stop; token++)
            {
                V k = S.Load(job.K.Row(token) + c), v = S.Load(job.V.Row(token) + c);
                Weights<S, V, I>(top, S.Add(k, first), out _, out var old, out var fresh);
                S.Store(S.Divide(S.Fma(old, num, S.Multiply(fresh, v)), S.Fma(old, den, fresh)), job.Y.Row(token) + c);
                Weights<S, V, I>(S.Add(top, decay), k, out top, out old, out fresh);
                num = S.Fma(old, num, S.Multiply(fresh, v));
                den = S.Fma(old, den, fresh);
            }
            if (state is null)
                continue;
            S.Store(num, state);
            S.Store(den, state + columns);
            S.Store(top, state + 2 * columns);
        }
    }

    private static void BackwardBlock<S, V, I>(object? unused, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var longest = 0;
        for (var s = 0; s < job.Sequences; s++)
            longest = Math.Max(longest, job.Lengths[s]);
        var history = (float*)ThreadTeam.Scratch(worker, (longest + 1L) * StateRows * S.Width * sizeof(float));
        var (start, end) = ColumnBlocks.Range(item, job.K.Columns);
        var c = start;
        for (; c + S.Width <= end; c += S.Width)
            ChannelsBack<S, V, I>(ref job, c, history);
        for (; c < end; c++)
            ChannelsBack<SimdScalar, float, int>(ref job, c, history);
    }

    /// <summary>The exponents cancel in the result, so the rule takes them as constants.</summary>
    private static void ChannelsBack<S, V, I>(ref Job job, int c, float* history)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V decay = S.Load(job.Decay + c), first = S.Load(job.First + c), dDecay = S.Set(0), dFirst = S.Set(0);
        var begin = 0;
        for (var s = 0; s < job.Sequences; begin += job.Lengths[s++])
        {
            Remember<S, V, I>(ref job, c, begin, job.Lengths[s], decay, history);
            V dNum = S.Set(0), dDen = S.Set(0);
            for (var t = job.Lengths[s] - 1; t >= 0; t--)
            {
                var at = history + (long)t * StateRows * S.Width;
                V num = S.Load(at), den = S.Load(at + S.Width), top = S.Load(at + 2 * S.Width);
                V k = S.Load(job.K.Row(begin + t) + c), v = S.Load(job.V.Row(begin + t) + c), dy = S.Load(job.Y.Row(begin + t) + c);
                // Behind the token.
                Weights<S, V, I>(S.Add(top, decay), k, out _, out var old, out var fresh);
                var dk = S.Multiply(fresh, S.Fma(v, dNum, dDen));
                var dv = S.Multiply(fresh, dNum);
                dDecay = S.Fma(old, S.Fma(num, dNum, S.Multiply(den, dDen)), dDecay);
                (dNum, dDen) = (S.Multiply(old, dNum), S.Multiply(old, dDen));
                // The token's output.
                Weights<S, V, I>(top, S.Add(k, first), out _, out old, out fresh);
                var sum = S.Fma(old, den, fresh);
                var y = S.Divide(S.Fma(old, num, S.Multiply(fresh, v)), sum);
                var up = S.Divide(dy, sum);
                var down = S.Subtract(S.Set(0), S.Multiply(up, y));
                var own = S.Multiply(fresh, S.Fma(v, up, down));
                dFirst = S.Add(dFirst, own);
                AddTo<S, V, I>(S.Add(dk, own), job.DK, (long)(begin + t) * job.K.Columns + c);
                AddTo<S, V, I>(S.Fma(fresh, up, dv), job.DV, (long)(begin + t) * job.K.Columns + c);
                (dNum, dDen) = (S.Fma(old, up, dNum), S.Fma(old, down, dDen));
            }
        }
        AddTo<S, V, I>(dDecay, job.DDecay, c);
        AddTo<S, V, I>(dFirst, job.DFirst, c);
    }

    /// <summary>The states before each token of a sequence that begins with nothing.</summary>
    private static void Remember<S, V, I>(ref Job job, int c, int begin, int length, V decay, float* history)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V num = S.Set(0), den = S.Set(0), top = S.Set(Nothing);
        for (var t = 0; t < length; t++, history += StateRows * S.Width)
        {
            S.Store(num, history);
            S.Store(den, history + S.Width);
            S.Store(top, history + 2 * S.Width);
            V k = S.Load(job.K.Row(begin + t) + c), v = S.Load(job.V.Row(begin + t) + c);
            Weights<S, V, I>(S.Add(top, decay), k, out top, out var old, out var fresh);
            num = S.Fma(old, num, S.Multiply(fresh, v));
            den = S.Fma(old, den, fresh);
        }
    }

    /// <summary>e^(a − max) and e^(b − max).</summary>
    private static void Weights<S, V, I>(V a, V b, out V top, out V first, out V second)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        top = S.Max(a, b);
        first = VectorMath.Exp<S, V, I>(S.Subtract(a, top));
        second = VectorMath.Exp<S, V, I>(S.Subtract(b, top));
    }

    private static void AddTo<S, V, I>(V value, float* gradient, long at)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        if (gradient is not null)
            S.Store(S.Add(S.Load(gradient + at), value), gradient + at);
    }
}

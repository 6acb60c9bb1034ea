using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Mamba's recurrence h ← e^(Δ·A)·h + Δ·B·u, y = Σ_n C_n·h_n + D·u, for every channel alone: sixteen channels stand side by side in vectors, and tokens and states go one after
/// another, so that each output is one chain.
/// </summary>
internal static unsafe class SelectiveScan
{
    public const int Lanes = LaneSums.Lanes;

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

    public static int Blocks(int channels) => (channels + Lanes - 1) / Lanes;

    /// <summary>y and, where there is one, the state [sequences·D, N] after each sequence, which before holds that at its start.</summary>
    public static void Forward(in ScanInputs inputs, float* state, Tensor y)
    {
        var job = new Job { In = inputs, State = state, Y = y };
        ThreadTeam.Run(ForwardKernel, null, &job, Blocks(y.Columns));
    }

    /// <summary>
    /// Gradients; <paramref name="initial"/> is the state at the start or null. db and dc have a matrix [M, N] for each block of channels, to be added in order; those of u, Δ, A and
    /// D are added to what is there, and may be null.
    /// </summary>
    public static void Backward(in ScanInputs inputs, float* initial, Tensor dy, in ScanGradients gradients)
    {
        var job = new Job { In = inputs, State = initial, Y = dy, Out = gradients };
        ThreadTeam.Run(BackwardKernel, null, &job, Blocks(dy.Columns));
    }

    private struct Job
    {
        public ScanInputs In;
        public ScanGradients Out;
        public float* State;
        public Tensor Y;
    }

    private static void ForwardBlock<S, V, I>(object? unused, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        int states = job.In.A.Columns, first = item * Lanes, n = Math.Min(Lanes, job.In.U.Columns - first);
        var a = (float*)ThreadTeam.Scratch(worker, (2L * states + 4) * Lanes * sizeof(float));
        float* h = a + states * Lanes, row = h + states * Lanes;
        LoadColumns(job.In.A, first, n, a);
        var token = 0;
        for (var s = 0; s < job.In.Sequences; s++)
        {
            LoadState(job.State, s, job.In.U.Columns, states, first, n, h);
            for (var end = token + job.In.Lengths[s]; token < end; token++)
            {
                LoadToken(ref job, token, first, n, row);
                for (var v = 0; v < Lanes; v += S.Width)
                    Step<S, V, I>(ref job, token, a + v, h + v, row + v);
                new ReadOnlySpan<float>(row + 2 * Lanes, n).CopyTo(new Span<float>(job.Y.Row(token) + first, n));
            }
            StoreState(job.State, s, job.In.U.Columns, states, first, n, h);
        }
    }

    /// <summary>One token of S.Width channels; row holds u, Δ, then y, then D, each of sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<S, V, I>(ref Job job, int token, float* a, float* h, float* row)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V u = S.Load(row), delta = S.Load(row + Lanes);
        var y = S.Multiply(S.Load(row + 3 * Lanes), u);
        var driven = S.Multiply(delta, u);
        float* b = job.In.B.Row(token), c = job.In.C.Row(token);
        for (var i = 0; i < job.In.A.Columns; i++)
        {
            var next = Next<S, V, I>(S.Load(a + i * Lanes), delta, S.Load(h + i * Lanes), driven, b[i]);
            S.Store(next, h + i * Lanes);
            y = S.Fma(next, S.Set(c[i]), y);
        }
        S.Store(y, row + 2 * Lanes);
    }

    /// <summary>e^(Δ·a)·h + (Δ·u)·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Next<S, V, I>(V a, V delta, V h, V driven, float b)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Fma(VectorMath.Exp<S, V, I>(S.Multiply(delta, a)), h, S.Multiply(driven, S.Set(b)));

    private static void BackwardBlock<S, V, I>(object? unused, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        int states = job.In.A.Columns, first = item * Lanes, n = Math.Min(Lanes, job.In.U.Columns - first), size = states * Lanes;
        var longest = 0;
        for (var s = 0; s < job.In.Sequences; s++)
            longest = Math.Max(longest, job.In.Lengths[s]);
        // A, its gradient, the gradient of the state, products of one token, numbers of one token, and the states of all tokens of a sequence.
        var a = (float*)ThreadTeam.Scratch(worker, (5L * size + 8 * Lanes + (longest + 1L) * size) * sizeof(float));
        float* da = a + size, dh = da + size, products = dh + size, row = products + 2 * size, history = row + 8 * Lanes;
        LoadColumns(job.In.A, first, n, a);
        new Span<float>(da, size).Clear();
        new Span<float>(row + 7 * Lanes, Lanes).Clear();
        var token = 0;
        for (var s = 0; s < job.In.Sequences; s++)
        {
            var length = job.In.Lengths[s];
            LoadState(job.State, s, job.In.U.Columns, states, first, n, history);
            Replay<S, V, I>(ref job, token, length, first, n, a, history, row);
            new Span<float>(dh, size).Clear();
            for (var t = length - 1; t >= 0; t--)
            {
                LoadToken(ref job, token + t, first, n, row);
                Load(job.Y.Row(token + t) + first, n, row + 4 * Lanes);
                for (var v = 0; v < Lanes; v += S.Width)
                    StepBack<S, V, I>(ref job, token + t, a + v, history + (long)t * size + v, dh + v, da + v, products + v, row + v);
                GiveToken<S, V, I>(ref job, item, token + t, first, n, products, row);
            }
            token += length;
        }
        GiveShared(ref job, first, n, da, row + 7 * Lanes);
    }

    /// <summary>The states after each token of a sequence, one after another; the first stands there.</summary>
    private static void Replay<S, V, I>(ref Job job, int token, int length, int first, int n, float* a, float* history, float* row)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var size = job.In.A.Columns * Lanes;
        for (var t = 0; t < length; t++, history += size)
        {
            LoadToken(ref job, token + t, first, n, row);
            new ReadOnlySpan<float>(history, size).CopyTo(new Span<float>(history + size, size));
            for (var v = 0; v < Lanes; v += S.Width)
                Step<S, V, I>(ref job, token + t, a + v, history + size + v, row + v);
        }
    }

    /// <summary>Gradients of what all tokens share.</summary>
    private static void GiveShared(ref Job job, int first, int n, float* da, float* skip)
    {
        var states = job.In.A.Columns;
        for (var d = 0; d < n; d++)
        {
            for (var i = 0; i < states && job.Out.A is not null; i++)
                job.Out.A[(first + d) * (long)states + i] += da[i * Lanes + d];
            if (job.Out.Skip is not null)
                job.Out.Skip[first + d] += skip[d];
        }
    }

    /// <summary>One token backwards; row holds u, Δ, y, D, dy, then du and dΔ, and the sum of dy·u.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StepBack<S, V, I>(ref Job job, int token, float* a, float* before, float* dh, float* da, float* products, float* row)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V u = S.Load(row), delta = S.Load(row + Lanes), dy = S.Load(row + 4 * Lanes), du = S.Multiply(dy, S.Load(row + 3 * Lanes)), dDelta = S.Set(0);
        var driven = S.Multiply(delta, u);
        var size = job.In.A.Columns * Lanes;
        float* b = job.In.B.Row(token), c = job.In.C.Row(token);
        for (var at = 0; at < size; at += Lanes)
        {
            V rate = S.Load(a + at), h = S.Load(before + at);
            var decay = VectorMath.Exp<S, V, I>(S.Multiply(delta, rate));
            var after = S.Fma(decay, h, S.Multiply(driven, S.Set(b[at / Lanes])));
            var g = S.Fma(dy, S.Set(c[at / Lanes]), S.Load(dh + at));
            S.Store(S.Multiply(g, driven), products + at);
            S.Store(S.Multiply(dy, after), products + size + at);
            var past = S.Multiply(g, S.Multiply(decay, h));
            S.Store(S.Fma(past, delta, S.Load(da + at)), da + at);
            dDelta = S.Fma(past, rate, dDelta);
            dDelta = S.Fma(g, S.Multiply(S.Set(b[at / Lanes]), u), dDelta);
            du = S.Fma(g, S.Multiply(delta, S.Set(b[at / Lanes])), du);
            S.Store(S.Multiply(g, decay), dh + at);
        }
        S.Store(du, row + 5 * Lanes);
        S.Store(dDelta, row + 6 * Lanes);
        S.Store(S.Fma(dy, u, S.Load(row + 7 * Lanes)), row + 7 * Lanes);
    }

    private static void GiveToken<S, V, I>(ref Job job, int block, int token, int first, int n, float* products, float* row)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var states = job.In.A.Columns;
        for (var d = 0; d < n; d++)
        {
            if (job.Out.U is not null)
                job.Out.U[(long)token * job.In.U.Columns + first + d] += row[5 * Lanes + d];
            if (job.Out.Delta is not null)
                job.Out.Delta[(long)token * job.In.U.Columns + first + d] += row[6 * Lanes + d];
        }
        var at = ((long)block * job.In.U.Rows + token) * states;
        for (var i = 0; i < states; i++)
        {
            job.Out.B[at + i] = LaneSums.Halves<S, V, I>(products + i * Lanes);
            job.Out.C[at + i] = LaneSums.Halves<S, V, I>(products + (states + i) * Lanes);
        }
    }

    /// <summary>Channels that are not there count as zeros.</summary>
    private static void Load(float* from, int n, float* to)
    {
        new ReadOnlySpan<float>(from, n).CopyTo(new Span<float>(to, n));
        new Span<float>(to + n, Lanes - n).Clear();
    }

    private static void LoadToken(ref Job job, int token, int first, int n, float* row)
    {
        Load(job.In.U.Row(token) + first, n, row);
        Load(job.In.Delta.Row(token) + first, n, row + Lanes);
        if (job.In.Skip.IsEmpty)
            new Span<float>(row + 3 * Lanes, Lanes).Clear();
        else
            Load(job.In.Skip.Data + first, n, row + 3 * Lanes);
    }

    /// <summary>[D, N] to [N][16].</summary>
    private static void LoadColumns(Tensor x, int first, int n, float* to)
    {
        new Span<float>(to, x.Columns * Lanes).Clear();
        for (var d = 0; d < n; d++)
            for (var i = 0; i < x.Columns; i++)
                to[i * Lanes + d] = x.Row(first + d)[i];
    }

    private static void LoadState(float* state, int sequence, int channels, int states, int first, int n, float* to)
    {
        if (state is null)
            new Span<float>(to, states * Lanes).Clear();
        else
            LoadColumns(new Tensor(state + (long)sequence * channels * states, channels, states), first, n, to);
    }

    private static void StoreState(float* state, int sequence, int channels, int states, int first, int n, float* from)
    {
        if (state is null)
            return;
        for (var d = 0; d < n; d++)
            for (var i = 0; i < states; i++)
                state[((long)sequence * channels + first + d) * states + i] = from[i * Lanes + d];
    }
}

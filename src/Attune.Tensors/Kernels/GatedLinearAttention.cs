namespace Attune.Tensors.Kernels;

/// <summary>The recurrence S ← diag(g)·S + k·vᵀ, y = Sᵀ·q of one head, in float64; the heads of all sequences are shared by the team.</summary>
internal static unsafe class GatedLinearAttention
{
    /// <summary>y [M, H·V].</summary>
    public static void Forward(in GatedHeads heads, Tensor y)
    {
        var job = new Job { In = heads, Y = y };
        ThreadTeam.Run(&ForwardHead, null, &job, heads.Sequences * heads.Heads);
    }

    /// <summary>Gradients of q, k, v and g, added; null where one is not wanted.</summary>
    public static void Backward(in GatedHeads heads, Tensor dy, float* dq, float* dk, float* dv, float* dg)
    {
        var job = new Job { In = heads, Y = dy, Dq = dq, Dk = dk, Dv = dv, Dg = dg };
        ThreadTeam.Run(&BackwardHead, null, &job, heads.Sequences * heads.Heads);
    }

    private struct Job
    {
        public GatedHeads In;
        public Tensor Y;
        public float* Dq, Dk, Dv, Dg;
    }

    private static void ForwardHead(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (keys, values) = (job.In.KeyWidth, job.In.ValueWidth);
        var s = (double*)ThreadTeam.Scratch(worker, (long)keys * values * sizeof(double));
        new Span<double>(s, keys * values).Clear();
        var (start, end, head) = job.In.Range(item);
        for (var t = start; t < end; t++)
        {
            float* q = job.In.Q.Row(t) + head * keys, y = job.Y.Row(t) + head * values;
            Step(ref job, t, head, s, s);
            for (var j = 0; j < values; j++)
            {
                var sum = 0.0;
                for (var i = 0; i < keys; i++)
                    sum += q[i] * s[i * values + j];
                y[j] = (float)sum;
            }
        }
    }

    private static void Step(ref Job job, int t, int head, double* before, double* after)
    {
        var (keys, values) = (job.In.KeyWidth, job.In.ValueWidth);
        float* k = job.In.K.Row(t) + head * keys, g = job.In.G.Row(t) + head * keys, v = job.In.V.Row(t) + head * values;
        for (var i = 0; i < keys; i++)
            for (var j = 0; j < values; j++)
                after[i * values + j] = g[i] * before[i * values + j] + (double)k[i] * v[j];
    }

    private static void BackwardHead(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (keys, values) = (job.In.KeyWidth, job.In.ValueWidth);
        var (start, end, head) = job.In.Range(item);
        long size = (long)keys * values;
        var ds = (double*)ThreadTeam.Scratch(worker, (end - start + 2) * size * sizeof(double));
        var history = ds + size;
        new Span<double>(ds, (int)(2 * size)).Clear();
        for (var t = start; t < end; t++)
            Step(ref job, t, head, history + (t - start) * size, history + (t - start + 1) * size);
        for (var t = end - 1; t >= start; t--)
            StepBack(ref job, t, head, history + (t - start) * size, history + (t - start + 1) * size, ds);
    }

    private static void StepBack(ref Job job, int t, int head, double* before, double* after, double* ds)
    {
        var (keys, values) = (job.In.KeyWidth, job.In.ValueWidth);
        long key = (long)t * job.In.K.Columns + head * keys, value = (long)t * job.In.V.Columns + head * values;
        float* q = job.In.Q.Data + key, k = job.In.K.Data + key, g = job.In.G.Data + key, v = job.In.V.Data + value, dy = job.Y.Data + value;
        for (var i = 0; i < keys; i++)
        {
            double dq = 0, dk = 0, dg = 0;
            for (var j = 0; j < values; j++)
            {
                var d = ds[i * values + j] += (double)q[i] * dy[j];
                dq += after[i * values + j] * dy[j];
                dk += d * v[j];
                dg += d * before[i * values + j];
                if (job.Dv is not null)
                    job.Dv[value + j] += (float)(d * k[i]);
                ds[i * values + j] = d * g[i];
            }
            if (job.Dq is not null)
                job.Dq[key + i] += (float)dq;
            if (job.Dk is not null)
                job.Dk[key + i] += (float)dk;
            if (job.Dg is not null)
                job.Dg[key + i] += (float)dg;
        }
    }
}

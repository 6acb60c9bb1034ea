namespace Attune.Tensors.Kernels;

/// <summary>Elements taken by index, and gradients given back to them.</summary>
internal static unsafe class ElementCopies
{
    /// <summary>y[i] = x[indices[i]], or <paramref name="fill"/> where the index is negative.</summary>
    public static void Gather(float* x, int* indices, float fill, Tensor y)
    {
        var job = new Job { X = x, Indices = indices, Fill = fill, Y = y.Data, Count = y.Count };
        Chunks.Run(&Chunk, &job, y.Count);
    }

    /// <summary>sum[indices[i]] += x[i], i ascending, on one thread, since several may go to one place.</summary>
    public static void ScatterAdd(Tensor x, int* indices, float* sum)
    {
        for (var i = 0L; i < x.Count; i++)
            if (indices[i] >= 0)
                sum[indices[i]] += x.Data[i];
    }

    private struct Job
    {
        public float* X, Y;
        public int* Indices;
        public float Fill;
        public long Count;
    }

    private static void Chunk(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = Chunks.Range(item, job.Count);
        for (var i = start; i < end; i++)
            job.Y[i] = job.Indices[i] < 0 ? job.Fill : job.X[job.Indices[i]];
    }
}

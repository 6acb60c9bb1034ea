namespace Attune.Tensors.Kernels;

/// <summary>One part of a batch of products C (+)= A·B, all of the same shape, that stand at equal distances.</summary>
internal unsafe struct BatchedFactor
{
    public float* Data;

    /// <summary>From one product's matrix to the next, from row to row, and from column to column.</summary>
    public long Batch, Row, Column;
}

/// <summary>Many small products at once: each is computed as <see cref="MatrixProduct"/> does it, and the team shares them.</summary>
internal static unsafe class BatchedProducts
{
    /// <summary>C_i = A_i·B_i or += : A_i [m, k], B_i [k, n], C_i [m, n] with rows of n.</summary>
    public static void Multiply(int batches, int m, int n, int k, BatchedFactor a, BatchedFactor b, float* c, bool accumulate)
    {
        var job = new Job { M = m, N = n, K = k, A = a, B = b, C = c, Accumulate = accumulate };
        if (batches >= ThreadTeam.Threads)
            ThreadTeam.Run(&One, null, &job, batches);
        else
            for (var i = 0; i < batches; i++)
                One(null, &job, i, -1);
    }

    private struct Job
    {
        public int M, N, K;
        public BatchedFactor A, B;
        public float* C;
        public bool Accumulate;
    }

    private static void One(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var b = RowMajorPanels.Over(job.B.Data + item * job.B.Batch, job.N, job.B.Row, job.B.Column);
        MatrixProduct.Multiply(job.M, job.N, job.K, job.A.Data + item * job.A.Batch, job.A.Row, job.A.Column, b, job.C + (long)item * job.M * job.N, job.N, job.Accumulate);
    }
}

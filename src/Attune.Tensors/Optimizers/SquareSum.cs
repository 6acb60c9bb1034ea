using System.Runtime.Intrinsics;
using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>Σ x² in float64: sixteen sums side by side in each part, added eight apart and then as a tree, the parts added in order, so the bits depend on neither width nor threads.</summary>
internal static unsafe class SquareSum
{
    private const int Lanes = 16;
    private const int MostParts = 1024;

    public static double Of(float* x, long count)
    {
        var length = Math.Max(Chunks.Length, (count / MostParts + Lanes) / Lanes * Lanes);
        var parts = (int)((count + length - 1) / length);
        var sums = stackalloc double[MostParts];
        var job = new Job { X = x, Count = count, Length = length, Sums = sums };
        ThreadTeam.Run(&Part, null, &job, parts);
        var sum = 0.0;
        for (var i = 0; i < parts; i++)
            sum += sums[i];
        return sum;
    }

    private static void Part(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (i, end) = (item * job.Length, Math.Min(job.Count, (item + 1) * job.Length));
        Vector512<double> a = default, b = default;
        for (; i <= end - Lanes; i += Lanes)
        {
            var (low, high) = Vector512.Widen(Vector512.Load(job.X + i));
            a += low * low;
            b += high * high;
        }
        var lanes = stackalloc double[Lanes / 2];
        (a + b).Store(lanes);
        var sum = Tree(lanes);
        for (; i < end; i++)
            sum += (double)job.X[i] * job.X[i];
        job.Sums[item] = sum;
    }

    /// <summary>The eight sums as a tree: neighbours first.</summary>
    private static double Tree(double* s) => ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));

    private struct Job
    {
        public float* X;
        public long Count, Length;
        public double* Sums;
    }
}

using System.Runtime.Intrinsics;
using Attune.Tensors;

namespace Attune.Bench;

/// <summary>What the processor can do at best: chains of fused multiply-adds that never leave the registers.</summary>
internal static unsafe class FmaPeak
{
    private const int Chains = 12;

    /// <summary>Does <paramref name="multiplyAdds"/> multiply-adds, shared by all threads.</summary>
    public static double Run(long multiplyAdds)
    {
        var job = new Job { Turns = multiplyAdds / (Chains * Lanes * ThreadTeam.Threads) };
        ThreadTeam.Run(&Work, null, &job, ThreadTeam.Threads);
        return job.Sink;
    }

    private static int Lanes => Vector512.IsHardwareAccelerated ? 16 : 8;

    private struct Job
    {
        public long Turns;
        public float Sink;
    }

    private static void Work(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        job.Sink = Vector512.IsHardwareAccelerated ? Wide(job.Turns) : Narrow(job.Turns);
    }

    private static float Wide(long turns)
    {
        Vector512<float> m = Vector512.Create(0.999f), c = Vector512.Create(0.001f);
        Vector512<float> a0 = c, a1 = c, a2 = c, a3 = c, a4 = c, a5 = c, a6 = c, a7 = c, a8 = c, a9 = c, aa = c, ab = c;
        for (long i = 0; i < turns; i++)
        {
            a0 = Vector512.FusedMultiplyAdd(a0, m, c);
            a1 = Vector512.FusedMultiplyAdd(a1, m, c);
            a2 = Vector512.FusedMultiplyAdd(a2, m, c);
            a3 = Vector512.FusedMultiplyAdd(a3, m, c);
            a4 = Vector512.FusedMultiplyAdd(a4, m, c);
            a5 = Vector512.FusedMultiplyAdd(a5, m, c);
            a6 = Vector512.FusedMultiplyAdd(a6, m, c);
            a7 = Vector512.FusedMultiplyAdd(a7, m, c);
            a8 = Vector512.FusedMultiplyAdd(a8, m, c);
            a9 = Vector512.FusedMultiplyAdd(a9, m, c);
            aa = Vector512.FusedMultiplyAdd(aa, m, c);
            ab = Vector512.FusedMultiplyAdd(ab, m, c);
        }
        return (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + aa + ab)[0];
    }

    private static float Narrow(long turns)
    {
        Vector256<float> m = Vector256.Create(0.999f), c = Vector256.Create(0.001f);
        Vector256<float> a0 = c, a1 = c, a2 = c, a3 = c, a4 = c, a5 = c, a6 = c, a7 = c, a8 = c, a9 = c, aa = c, ab = c;
        for (long i = 0; i < turns; i++)
        {
            a0 = Vector256.FusedMultiplyAdd(a0, m, c);
            a1 = Vector256.FusedMultiplyAdd(a1, m, c);
            a2 = Vector256.FusedMultiplyAdd(a2, m, c);
            a3 = Vector256.FusedMultiplyAdd(a3, m, c);
            a4 = Vector256.FusedMultiplyAdd(a4, m, c);
            a5 = Vector256.FusedMultiplyAdd(a5, m, c);
            a6 = Vector256.FusedMultiplyAdd(a6, m, c);
            a7 = Vector256.FusedMultiplyAdd(a7, m, c);
            a8 = Vector256.FusedMultiplyAdd(a8, m, c);
            a9 = Vector256.FusedMultiplyAdd(a9, m, c);
            aa = Vector256.FusedMultiplyAdd(aa, m, c);
            ab = Vector256.FusedMultiplyAdd(ab, m, c);
        }
        return (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + aa + ab)[0];
    }
}

using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Inverted dropout whose mask is a function of a key and the element's place, so that it need not be kept and does not depend
/// on threads: element i is dropped where 32 bits of splitmix64's output at place i/2 are below rate·2³².
/// </summary>
internal static unsafe class Dropout
{
    private static readonly delegate*<object?, void*, int, int, void> Kernel = &Chunk;

    /// <summary>y (+)= x·mask/(1 − rate); y may be x where not adding.</summary>
    public static void Apply(Tensor x, float rate, ulong key, bool add, Tensor y)
    {
        var job = new Job { X = x.Data, Y = y.Data, Count = x.Count, Key = key, Below = (uint)Math.Min(uint.MaxValue, (double)rate * 4294967296.0), Keep = 1 / (1 - rate), Add = add };
        Chunks.Run(Kernel, &job, x.Count);
    }

    private struct Job
    {
        public float* X, Y;
        public long Count;
        public ulong Key;
        public uint Below;
        public float Keep;
        public bool Add;
    }

    private static void Chunk(object? state, void* context, int item, int worker)
    {
        var job = *(Job*)context;
        var (start, end) = Chunks.Range(item, job.Count);
        for (var i = start; i < end; i += 2)
        {
            var bits = Mix(job.Key + ((ulong)i / 2 + 1) * 0x9E3779B97F4A7C15UL);
            Element(in job, i, (uint)bits);
            if (i + 1 < end)
                Element(in job, i + 1, (uint)(bits >> 32));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Element(in Job job, long i, uint bits)
    {
        // All ones where the element stays: no branch, which would be guessed wrong at random. A dropped NaN is a zero too.
        var kept = (int)(((long)job.Below - 1 - bits) >> 63);
        var v = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(job.X[i] * job.Keep) & kept);
        job.Y[i] = job.Add ? job.Y[i] + v : v;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

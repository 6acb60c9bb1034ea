namespace Attune.Tensors.Kernels;

/// <summary>Element-wise work in chunks that the team shares; small work stays on the calling thread.</summary>
internal static unsafe class Chunks
{
    public const int Length = 16384;

    /// <summary>Calls <paramref name="kernel"/> for each chunk of <paramref name="count"/> elements.</summary>
    public static void Run(delegate*<object?, void*, int, int, void> kernel, void* context, long count) =>
        ThreadTeam.Run(kernel, null, context, checked((int)((count + Length - 1) / Length)));

    public static (long Start, long End) Range(int item, long count) =>
        ((long)item * Length, Math.Min(count, ((long)item + 1) * Length));
}

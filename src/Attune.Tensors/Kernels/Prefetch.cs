using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Attune.Tensors.Kernels;

/// <summary>Asks for memory ahead of its use, where the processor has an instruction for it. Any address may be asked for.</summary>
internal static unsafe class Prefetch
{
    private const int LineBytes = 64;

    /// <summary>
    /// The first <paramref name="bytes"/> bytes of some panels, one after another at <paramref name="stride"/>: streams as short as a panel end before
    /// the processor has noticed them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Panels(byte* first, long stride, int panels, int bytes)
    {
        if (!Sse.IsSupported)
            return;
        for (var p = 0; p < panels; p++, first += stride)
            for (var i = 0; i < bytes; i += LineBytes)
                Sse.Prefetch0(first + i);
    }
}

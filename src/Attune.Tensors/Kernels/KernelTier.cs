using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Tensors.Kernels;

/// <summary>Which width of vectors the kernels run in; chosen at start by what the processor has, or forced by ATTUNE_KERNELS.</summary>
public static class KernelTier
{
    /// <summary>Lanes of a vector: 16 (AVX-512), 8 (AVX2 with FMA), 4 (128-bit vectors) or 1 (scalar).</summary>
    public static int Width { get; } = Choose();

    /// <summary>What results record, for instance "simd-512".</summary>
    public static string Name => Width == 1 ? "scalar" : $"simd-{Width * 32}";

    /// <summary>Whether machine code assembled at run time may serve: not where ATTUNE_KERNELS names another tier.</summary>
    internal static bool AllowsMachineCode => Environment.GetEnvironmentVariable("ATTUNE_KERNELS") is null or "" or "jit";

    private static int Choose()
    {
        var forced = Environment.GetEnvironmentVariable("ATTUNE_KERNELS");
        return forced switch
        {
            null or "" or "simd" or "jit" => Best(),
            "scalar" => 1,
            "simd-512" => 16,
            "simd-256" => 8,
            "simd-128" => 4,
            _ => throw new AttuneException($"ATTUNE_KERNELS is '{forced}'; it must be scalar, simd, simd-128, simd-256, simd-512 or jit"),
        };
    }

    private static int Best()
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            return 16;
        if (Vector256.IsHardwareAccelerated && Fma.IsSupported)
            return 8;
        // Without a fused multiply-add in hardware, 128-bit vectors would call a library for each lane; so would scalars.
        return Vector128.IsHardwareAccelerated ? 4 : 1;
    }
}

using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Tensors.MachineCode;

namespace Attune.Tensors.Kernels;

/// <summary>Which width of vectors the kernels run in; chosen at start by what the processor has, or forced by ATTUNE_KERNELS.</summary>
public static class KernelTier
{
    /// <summary>Lanes of a vector: 16 (AVX-512), 8 (AVX2 with FMA), 4 (128-bit vectors) or 1 (scalar).</summary>
    public static int Width { get; } = Choose(Forced, Best(), () => MachineTier.IsInUse);

    /// <summary>What results record, for instance "simd-256", or "jit-512" where machine code assembled at run time serves besides.</summary>
    public static string Name => Width == 1 ? "scalar" : string.Create(CultureInfo.InvariantCulture, $"{(MachineTier.IsInUse ? "jit" : "simd")}-{Width * 32}");

    /// <summary>Whether machine code assembled at run time may serve: not where ATTUNE_KERNELS names another tier.</summary>
    internal static bool AllowsMachineCode => Forced is null or "" or "jit";

    private static string? Forced => Environment.GetEnvironmentVariable("ATTUNE_KERNELS");


    /// <param name="forced">The tier that was asked for, if any.</param>
    /// <param name="best">Lanes of the widest vectors here.</param>
    /// <param name="hasMachineCode">Whether machine code serves here.</param>
    /// <exception cref="AttuneException">There is no such tier, or not here.</exception>
    internal static int Choose(string? forced, int best, Func<bool> hasMachineCode)
    {
        return forced switch
        {
            null or "" or "simd" => best,
            "jit" => hasMachineCode() ? best
                : throw new AttuneException("ATTUNE_KERNELS is 'jit', but processor, system or runtime do not let machine code with 512-bit byte or bfloat16 products run here; unset it, or give simd"),
            "scalar" => 1,
            "simd-512" => Within(16),
            "simd-256" => Within(8),
            "simd-128" => Within(4),
            _ => throw new AttuneException($"ATTUNE_KERNELS is '{forced}'; it must be scalar, simd, simd-128, simd-256, simd-512 or jit"),
        };

        int Within(int width) => width <= best ? width
            : throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"ATTUNE_KERNELS is '{forced}', but {(best == 1 ? "there are no vectors" : $"vectors have {best * 32} bits at most")} on this machine; unset it, or give simd"));
    }

    /// <summary>Lanes of the widest vectors that processor and runtime agree on.</summary>
    internal static int Best()
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            return 16;
        if (Vector256.IsHardwareAccelerated && Fma.IsSupported)
            return 8;
        // Without a fused multiply-add in hardware, 128-bit vectors would call a library for each lane; so would scalars.
        return Vector128.IsHardwareAccelerated ? 4 : 1;
    }
}

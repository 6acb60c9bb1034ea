using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Tensors.MachineCode;

namespace Attune.Tensors.Kernels;

/// <summary>Which instructions the integer products run in. All give the same bits.</summary>
internal enum IntegerTier
{
    Scalar,

    /// <summary>128-bit vectors of any processor.</summary>
    Vector128,

    /// <summary>256 bits: vpmaddubsw.</summary>
    Avx2,

    /// <summary>256 bits: vpdpbusd.</summary>
    AvxVnni,

    /// <summary>512 bits: vpmaddubsw.</summary>
    Avx512,

    /// <summary>512 bits: vpdpbusd, in machine code assembled at run time.</summary>
    MachineCode,
}

/// <summary>What this processor has.</summary>
internal static class IntegerTiers
{
    /// <summary>The fastest tier within <see cref="KernelTier.Width"/>.</summary>
    public static IntegerTier Best { get; } = KernelTier.Width switch
    {
        16 when IsSupported(IntegerTier.MachineCode) => IntegerTier.MachineCode,
        16 when IsSupported(IntegerTier.Avx512) => IntegerTier.Avx512,
        >= 8 when IsSupported(IntegerTier.AvxVnni) => IntegerTier.AvxVnni,
        >= 8 when IsSupported(IntegerTier.Avx2) => IntegerTier.Avx2,
        >= 4 => IntegerTier.Vector128,
        _ => IntegerTier.Scalar,
    };

    /// <summary>Lanes of a tier's vectors.</summary>
    public static int Width(IntegerTier tier) => tier switch
    {
        IntegerTier.MachineCode or IntegerTier.Avx512 => 16,
        IntegerTier.AvxVnni or IntegerTier.Avx2 => 8,
        IntegerTier.Vector128 => 4,
        _ => 1,
    };

    public static bool IsSupported(IntegerTier tier) => tier switch
    {
        IntegerTier.MachineCode => MachineTier.HasByteProducts,
        IntegerTier.Avx512 => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported,
        IntegerTier.AvxVnni => AvxVnni.IsSupported && Fma.IsSupported,
        IntegerTier.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        _ => true,
    };
}

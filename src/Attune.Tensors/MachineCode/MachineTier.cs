using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Tensors.Kernels;
using static Iced.Intel.AssemblerRegisters;

namespace Attune.Tensors.MachineCode;

/// <summary>
/// Which 512-bit instructions machine code assembled at run time may use: those that the runtime has no intrinsics for. One counts only where the
/// processor reports it (CPUID), the system keeps its registers (XGETBV), and the runtime agrees on AVX-512 (so that DOTNET_EnableAVX512=0
/// switches it off too).
/// </summary>
public static unsafe class MachineTier
{
    private static readonly Finding Found = Detect();

    /// <summary>Whether machine code serves.</summary>
    public static bool IsInUse => Found.Bytes || Found.Brain;

    /// <summary>vpdpbusd on 512 bits.</summary>
    public static bool HasByteProducts => Found.Bytes;

    /// <summary>vdpbf16ps on 512 bits.</summary>
    public static bool HasBrainProducts => Found.Brain;

    /// <summary>Why machine code is not used although the processor could run it; null otherwise. A program says it once.</summary>
    public static string? Refusal => Found.Refusal;

    internal static Finding Detect()
    {
        if (!KernelTier.AllowsMachineCode || !X86Base.X64.IsSupported || !Vector512.IsHardwareAccelerated || !Avx512BW.IsSupported || !Fma.IsSupported)
            return default;
        var bytes = (X86Base.CpuId(7, 0).Ecx & 1 << 11) != 0;
        var brain = (X86Base.CpuId(7, 1).Eax & 1 << 5) != 0;
        var savesState = (X86Base.CpuId(1, 0).Ecx & 1 << 27) != 0;
        if (!bytes && !brain || !savesState)
            return default;
        var enabled = 0L;
        var probe = Routine.Assemble(a =>
        {
            a.mov(r8, rax);
            a.xor(ecx, ecx);
            a.xgetbv();
            a.mov(__dword_ptr[r8], eax);
        });
        if (probe is null)
            return new Finding(false, false, "this system forbids executable pages, so the engine does without 512-bit integer and bfloat16 products and is slower in --precision fast");
        probe(&enabled);
        // SSE, AVX and the three parts of AVX-512.
        const long Needed = 0b1110_0110;
        return (enabled & Needed) == Needed ? new Finding(bytes, brain, null) : default;
    }

    /// <summary>What there is, and why not more.</summary>
    internal readonly record struct Finding(bool Bytes, bool Brain, string? Refusal);
}

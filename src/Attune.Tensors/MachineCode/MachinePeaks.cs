using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Attune.Tensors.MachineCode;

/// <summary>Chains of 512-bit dot products on registers, for <see cref="MachineLimits"/>: of each only what the processor has may be run.</summary>
internal static unsafe class MachinePeaks
{
    /// <summary>Instructions of a turn, each with a sum of its own: twice what hides the latency of a fused multiply-add, for these take longer.</summary>
    public const int Chains = 24;

    /// <summary>Turns in a call: a call must be short, since the garbage collector waits for it (about 50 µs).</summary>
    private const long TurnsOfCall = 1 << 14;

    /// <summary>vdpbf16ps, 32 multiply-adds each; null where the system refuses executable pages.</summary>
    public static Action<long, int, int>? BFloat16 { get; } = Make((a, sum) => a.vdpbf16ps(sum, zmm30, zmm31));

    /// <summary>vpdpbusd, 64 multiply-adds each; null where the system refuses executable pages.</summary>
    public static Action<long, int, int>? Int8 { get; } = Make((a, sum) => a.vpdpbusd(sum, zmm30, zmm31));

    private static Action<long, int, int>? Make(Action<Assembler, AssemblerRegisterZMM> multiply)
    {
        var routine = Routine.Assemble(a => Write(a, multiply));
        return routine is null ? null : (turns, _, _) =>
        {
            for (; turns > 0; turns -= TurnsOfCall)
            {
                var some = Math.Min(turns, TurnsOfCall);
                routine(&some);
            }
        };
    }

    private static void Write(Assembler a, Action<Assembler, AssemblerRegisterZMM> multiply)
    {
        a.mov(r8, __qword_ptr[rax]);
        // Small bytes, and as bfloat16 small numbers: nothing overflows.
        a.mov(ecx, 0x01010101);
        a.vpbroadcastd(zmm30, ecx);
        a.vpbroadcastd(zmm31, ecx);
        for (var i = 0; i < Chains; i++)
            a.vpxord(ZmmRegisters.All[i], ZmmRegisters.All[i], ZmmRegisters.All[i]);
        var turn = a.CreateLabel();
        a.Label(ref turn);
        for (var i = 0; i < Chains; i++)
            multiply(a, ZmmRegisters.All[i]);
        a.dec(r8);
        a.jnz(turn);
    }
}

using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Attune.Tensors.MachineCode;

/// <summary>
/// Machine code of the innermost loop of the bfloat16 products: a tile of rows × panels of 16 outputs stays in registers while pairs of
/// columns pass, two products to a lane by vdpbf16ps. An output is one chain over ascending pairs, whatever stands beside it.
/// </summary>
internal static unsafe class BrainTileCode
{
    public const int TallestTile = 12;

    /// <summary>Panels side by side in tall tiles.</summary>
    public const int Panels = 2;

    /// <summary>Panels side by side where there is one row.</summary>
    public const int RowPanels = 4;

    private static readonly Lock Gate = new();
    private static readonly delegate* unmanaged[SuppressGCTransition]<void*, void>[] Routines = new delegate* unmanaged[SuppressGCTransition]<void*, void>[(TallestTile + 1) * (RowPanels + 1)];

    /// <summary>The routine for a tile; made when it is first wanted.</summary>
    /// <exception cref="AttuneException">The system refuses executable pages, although it gave some before.</exception>
    public static delegate* unmanaged[SuppressGCTransition]<void*, void> Get(int rows, int panels)
    {
        var routine = Routines[rows * (RowPanels + 1) + panels];
        return routine is null ? Make(rows, panels) : routine;
    }

    // Apart from Get, which is called for each tile: what a lambda captures is allocated where its method begins.
    private static delegate* unmanaged[SuppressGCTransition]<void*, void> Make(int rows, int panels)
    {
        ref var routine = ref Routines[rows * (RowPanels + 1) + panels];
        lock (Gate)
            if (routine is null)
                routine = Routine.Require(a => new Writer(a, rows, panels).Write());
        return routine;
    }

    private sealed class Writer(Assembler a, int rows, int panels)
    {
        private const int MostSums = TallestTile * Panels;

        private static AssemblerRegisterZMM Activation => ZmmRegisters.All[MostSums];

        public void Write()
        {
            a.mov(r8, __qword_ptr[rax]);
            a.mov(rdx, __qword_ptr[rax + 8]);
            a.mov(r11, __qword_ptr[rax + 16]);
            a.mov(r9, __qword_ptr[rax + 24]);
            a.mov(r10, __qword_ptr[rax + 32]);
            a.lea(rcx, __[rdx + rdx * 2]);
            a.lea(rsi, __[r10 + r10 * 2]);
            a.lea(rdi, __[r10 + r10 * 4]);
            StartSums();
            a.lea(rbx, __[r9 + rsi * 2]);
            var pair = a.CreateLabel();
            a.Label(ref pair);
            for (var p = 0; p < panels; p++)
                a.vmovups(Weights(p), Panel(p));
            for (var r = 0; r < rows; r++)
            {
                a.vpbroadcastd(Activation, Row(r));
                for (var p = 0; p < panels; p++)
                    a.vdpbf16ps(Sum(r, p), Weights(p), Activation);
            }
            a.add(r8, 64);
            a.add(r9, 4);
            if (rows > 6)
                a.add(rbx, 4);
            a.dec(r11);
            a.jnz(pair);
            EachOutput((place, sum) => a.vmovups(place, sum));
        }

        private void StartSums()
        {
            for (var i = 0; i < rows * panels; i++)
                a.vpxord(ZmmRegisters.All[i], ZmmRegisters.All[i], ZmmRegisters.All[i]);
            var started = a.CreateLabel();
            a.cmp(__qword_ptr[rax + 56], 0);
            a.je(started);
            // The weights' pointer serves as the outputs' for a moment.
            a.push(r8);
            EachOutput((place, sum) => a.vmovups(sum, place));
            a.pop(r8);
            a.Label(ref started);
        }

        private void EachOutput(Action<AssemblerMemoryOperand, AssemblerRegisterZMM> move)
        {
            a.mov(r8, __qword_ptr[rax + 40]);
            for (var r = 0; r < rows; r++)
            {
                for (var p = 0; p < panels; p++)
                    move(__zmmword_ptr[r8 + 64 * p], Sum(r, p));
                a.add(r8, __qword_ptr[rax + 48]);
            }
        }

        private AssemblerRegisterZMM Sum(int row, int panel) => ZmmRegisters.All[row * panels + panel];

        private static AssemblerRegisterZMM Weights(int panel) => ZmmRegisters.All[MostSums + 1 + panel];

        /// <summary>The present pair of a row: rows 0–5 from r9, rows 6–11 from rbx, with the stride in r10, thrice in rsi, five times in rdi.</summary>
        private static AssemblerMemoryOperand Row(int row)
        {
            var start = row < 6 ? r9 : rbx;
            return (row % 6) switch
            {
                0 => __dword_ptr[start],
                3 => __dword_ptr[start + rsi],
                5 => __dword_ptr[start + rdi],
                var i => __dword_ptr[start + r10 * i],
            };
        }

        private static AssemblerMemoryOperand Panel(int panel) => panel switch
        {
            0 => __zmmword_ptr[r8],
            1 => __zmmword_ptr[r8 + rdx],
            2 => __zmmword_ptr[r8 + rdx * 2],
            _ => __zmmword_ptr[r8 + rcx],
        };
    }
}

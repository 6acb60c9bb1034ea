using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Attune.Tensors.MachineCode;

/// <summary>
/// Machine code of the innermost loop of the integer products: a tile of rows × panels of 16 outputs stays in registers while the blocks pass,
/// sums of bytes by vpdpbusd, scales by vcvtph2ps. The formula is that of <see cref="IntegerProduct"/>, operation by operation, so
/// the bits are those of its other tiers.
/// </summary>
internal static unsafe class ByteTileCode
{
    /// <summary>Sums in registers, of integers and of floats each: 2 · 12 of the 32, the rest for weights and scales.</summary>
    public const int MostSums = 12;

    /// <summary>Panels side by side in the tallest tiles.</summary>
    public const int Panels = 2;

    public const int TallestTile = ByteActivations.GroupRows;

    /// <summary>Panels side by side where there is one row.</summary>
    public const int RowPanels = 4;

    private static readonly Lock Gate = new();
    private static readonly delegate* unmanaged[SuppressGCTransition]<void*, void>[] Routines = new delegate* unmanaged[SuppressGCTransition]<void*, void>[3 * (MostSums + 1) * (RowPanels + 1)];

    /// <summary>The routine for a tile; made when it is first wanted.</summary>
    /// <exception cref="AttuneException">The system refuses executable pages, although it gave some before.</exception>
    public static delegate* unmanaged[SuppressGCTransition]<void*, void> Get(WeightFormat format, int rows, int panels)
    {
        var routine = Routines[(Kind(format) * (MostSums + 1) + rows) * (RowPanels + 1) + panels];
        return routine is null ? Make(format, rows, panels) : routine;
    }

    // Apart from Get, which is called for each tile: what a lambda captures is allocated where its method begins.
    private static delegate* unmanaged[SuppressGCTransition]<void*, void> Make(WeightFormat format, int rows, int panels)
    {
        ref var routine = ref Routines[(Kind(format) * (MostSums + 1) + rows) * (RowPanels + 1) + panels];
        lock (Gate)
            if (routine is null)
                routine = Routine.Require(a => new Writer(a, format, rows, panels).Write());
        return routine;
    }

    private static int Kind(WeightFormat format) => format switch
    {
        WeightFormat.Q4_0 => 0,
        WeightFormat.Q4_1 => 1,
        _ => 2,
    };

    private sealed class Writer(Assembler a, WeightFormat format, int rows, int panels)
    {
        private const int Code = QuantisedMatrix.GroupBytes;

        private static AssemblerRegisterZMM Mask => zmm31;

        private static AssemblerRegisterZMM Activation => zmm30;

        private bool Eight => format == WeightFormat.Q8_0;

        private bool Minimum => format == WeightFormat.Q4_1;

        private int CodesOffset => Minimum ? 64 : 32;

        private int BlockBytes => CodesOffset + (Eight ? 8 : 4) * Code;

        /// <summary>The fine half of the first row, while indices are followed; free before.</summary>
        private AssemblerRegister64 Fine => panels > 2 ? rsi : rcx;

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
            // 0x0f in each byte takes a nibble; 0x80 makes a signed byte unsigned.
            a.mov(ebx, Eight ? unchecked((int)0x80808080) : 0x0f0f0f0f);
            a.vpbroadcastd(Mask, ebx);
            for (var i = 0; i < rows * panels; i++)
                a.vpxord(Output(i), Output(i), Output(i));
            AddBlocks();
            AddFineBlocks();
            StoreOutputs();
        }

        private void AddBlocks()
        {
            var block = a.CreateLabel();
            a.Label(ref block);
            if (rows == 1 && !Eight)
                PrefetchNextPanels();
            AddBlock();
            a.add(r8, BlockBytes);
            a.add(r9, ByteActivations.BlockBytes);
            a.dec(r11);
            a.jnz(block);
        }

        private void AddFineBlocks()
        {
            var (block, end) = (a.CreateLabel(), a.CreateLabel());
            a.mov(r11, __qword_ptr[rax + 48]);
            a.test(r11, r11);
            a.jz(end);
            a.mov(rbx, __qword_ptr[rax + 56]);
            a.mov(Fine, __qword_ptr[rax + 24]);
            a.add(Fine, __qword_ptr[rax + 40]);
            a.Label(ref block);
            a.movzx(r9d, __word_ptr[rbx]);
            a.imul(r8, r9, BlockBytes);
            a.add(r8, __qword_ptr[rax]);
            a.imul(r9, r9, ByteActivations.BlockBytes);
            a.add(r9, Fine);
            AddBlock();
            a.add(rbx, 2);
            a.dec(r11);
            a.jnz(block);
            a.Label(ref end);
        }

        private void AddBlock()
        {
            StartSums();
            for (var j = 0; j < (Eight ? 8 : 4); j++)
                AddGroup(j);
            AddToOutputs();
        }

        /// <summary>
        /// One row meets each weight once: the same block of the panels after these is asked for while these are computed. Four-bit panels are too short for
        /// the processor to notice the stream by itself (40 → 65 GB/s); wider ones are slower with it.
        /// </summary>
        private void PrefetchNextPanels()
        {
            a.mov(rdi, rdx);
            a.imul(rdi, rdi, panels);
            a.add(rdi, r8);
            for (var p = 0; p < panels; p++)
            {
                for (var offset = 0; offset < BlockBytes; offset += 64)
                    a.prefetcht0(__byte_ptr[rdi + offset]);
                a.add(rdi, rdx);
            }
        }

        private void StartSums()
        {
            for (var r = 0; r < rows; r++)
                for (var p = 0; p < panels; p++)
                    if (Minimum)
                        a.vpxord(Sum(r, p), Sum(r, p), Sum(r, p));
                    else
                        a.vpbroadcastd(Sum(r, p), Row(__dword_ptr, r, ByteActivations.Second));
        }

        private void AddGroup(int j)
        {
            var offset = CodesOffset + j * Code;
            if (Eight)
            {
                for (var p = 0; p < panels; p++)
                    a.vpxord(Weights(p), Mask, Panel(p, offset));
                AddProducts(j);
                return;
            }
            for (var p = 0; p < panels; p++)
                a.vpandd(Weights(p), Mask, Panel(p, offset));
            AddProducts(j);
            for (var p = 0; p < panels; p++)
            {
                a.vpsrld(Weights(p), Panel(p, offset), 4);
                a.vpandd(Weights(p), Weights(p), Mask);
            }
            AddProducts(4 + j);
        }

        private void AddProducts(int group)
        {
            for (var r = 0; r < rows; r++)
            {
                if (panels == 1)
                {
                    a.vpdpbusd(Sum(r, 0), Weights(0), Row(__dword_bcst, r, 4 * group));
                    continue;
                }
                a.vpbroadcastd(Activation, Row(__dword_ptr, r, 4 * group));
                for (var p = 0; p < panels; p++)
                    a.vpdpbusd(Sum(r, p), Weights(p), Activation);
            }
        }

        /// <summary>y = fma(float(sum), d·s, y) and, with a minimum, y = fma(m, s·Σq, y).</summary>
        private void AddToOutputs()
        {
            var (scale, minimum, factor) = (Weights(0), Weights(1), Activation);
            for (var p = 0; p < panels; p++)
            {
                a.vcvtph2ps(scale, HalfPanel(p, 0));
                if (Minimum)
                    a.vcvtph2ps(minimum, HalfPanel(p, 32));
                for (var r = 0; r < rows; r++)
                {
                    a.vcvtdq2ps(Sum(r, p), Sum(r, p));
                    a.vmulps(factor, scale, Row(__dword_bcst, r, ByteActivations.Scale));
                    a.vfmadd231ps(Output(r, p), Sum(r, p), factor);
                    if (Minimum)
                        a.vfmadd231ps(Output(r, p), minimum, Row(__dword_bcst, r, ByteActivations.Second));
                }
            }
        }

        private void StoreOutputs()
        {
            a.mov(r8, __qword_ptr[rax + 64]);
            a.mov(r9, __qword_ptr[rax + 72]);
            for (var r = 0; r < rows; r++)
            {
                for (var p = 0; p < panels; p++)
                    a.vmovups(__zmmword_ptr[r8 + 64 * p], Output(r, p));
                a.add(r8, r9);
            }
        }

        private AssemblerRegisterZMM Sum(int row, int panel) => ZmmRegisters.All[row * panels + panel];

        private AssemblerRegisterZMM Output(int row, int panel) => Output(row * panels + panel);

        private static AssemblerRegisterZMM Output(int index) => ZmmRegisters.All[MostSums + index];

        private static AssemblerRegisterZMM Weights(int panel) => ZmmRegisters.All[2 * MostSums + panel];

        /// <summary>A place in the present block of row 0–5: r9 + row·r10, with 3·r10 in rsi and 5·r10 in rdi.</summary>
        private static AssemblerMemoryOperand Row(AssemblerMemoryOperandFactory size, int row, int offset) => row switch
        {
            0 => size[r9 + offset],
            3 => size[r9 + rsi + offset],
            5 => size[r9 + rdi + offset],
            _ => size[r9 + r10 * row + offset],
        };

        private static AssemblerMemoryOperand Panel(int panel, int offset) => panel switch
        {
            0 => __zmmword_ptr[r8 + offset],
            1 => __zmmword_ptr[r8 + rdx + offset],
            2 => __zmmword_ptr[r8 + rdx * 2 + offset],
            _ => __zmmword_ptr[r8 + rcx + offset],
        };

        private static AssemblerMemoryOperand HalfPanel(int panel, int offset) => panel switch
        {
            0 => __ymmword_ptr[r8 + offset],
            1 => __ymmword_ptr[r8 + rdx + offset],
            2 => __ymmword_ptr[r8 + rdx * 2 + offset],
            _ => __ymmword_ptr[r8 + rcx + offset],
        };
    }
}

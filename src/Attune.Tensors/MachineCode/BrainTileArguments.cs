using System.Runtime.InteropServices;

namespace Attune.Tensors.MachineCode;

/// <summary>What a routine of <see cref="BrainTileCode"/> reads. Offsets are part of the machine code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BrainTileArguments
{
    /// <summary>Pairs of weights, [pairs][16 outputs], of the first panel.</summary>
    public uint* Panel;

    /// <summary>From a panel to the next, in bytes.</summary>
    public long PanelStride;

    /// <summary>Pairs of columns.</summary>
    public long Pairs;

    /// <summary>Pairs of activations of the first row, and the bytes to the next row.</summary>
    public byte* X;
    public long RowBytes;

    /// <summary>Output of row r and panel p at Y + r·OutputRowBytes + 64·p bytes.</summary>
    public float* Y;
    public long OutputRowBytes;

    /// <summary>Not 0: sums begin with what stands at Y; else with 0.</summary>
    public long Accumulate;
}

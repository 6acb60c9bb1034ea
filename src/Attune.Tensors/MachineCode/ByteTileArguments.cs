using System.Runtime.InteropServices;

namespace Attune.Tensors.MachineCode;

/// <summary>What a routine of <see cref="ByteTileCode"/> reads. Offsets are part of the machine code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ByteTileArguments
{
    /// <summary>The first panel's blocks.</summary>
    public byte* Panel;

    /// <summary>From a panel to the next, in bytes.</summary>
    public long PanelStride;

    /// <summary>Blocks of 32 columns.</summary>
    public long Blocks;

    /// <summary>The first row of activations, as <see cref="Kernels.ByteActivations"/> lays it out, and the bytes to the next row.</summary>
    public byte* X;
    public long RowBytes;

    /// <summary>From a block of activations to its fine half, how many blocks have one in these rows, and which.</summary>
    public long FineOffset;
    public long FineBlocks;
    public ushort* FineIndices;

    /// <summary>Output of row r and panel p at Y + r·OutputRowBytes + 64·p bytes.</summary>
    public float* Y;
    public long OutputRowBytes;
}

using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>One vector of outputs for a tile of rows, as the innermost loops of <see cref="IntegerProduct"/> take it.</summary>
internal unsafe struct IntegerTile
{
    /// <summary>Blocks of 32 columns.</summary>
    public int Blocks;

    /// <summary>From a block's codes to the next block's.</summary>
    public int BlockBytes;
    public byte* Codes;

    /// <summary>Scales and minima of the outputs, [blocks][16] or [blocks][2·16].</summary>
    public float* D;

    /// <summary>The first row of activations, as <see cref="ByteActivations"/> lays it out, and the bytes to the next row.</summary>
    public byte* X;
    public long RowBytes;

    /// <summary>From a block of activations to its fine half, how many blocks have one in these rows, and which.</summary>
    public long FineOffset;
    public int FineBlocks;
    public ushort* FineIndices;

    /// <summary>Output of row r at Y + r·Ldy.</summary>
    public float* Y;
    public int Ldy;

    /// <summary>The block of weights of turn <paramref name="i"/>, and where in a row of activations its part stands: all blocks, then those with a fine half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Block(int i, out long at)
    {
        var fine = i - Blocks;
        var block = fine < 0 ? i : FineIndices[fine];
        at = block * (long)ByteActivations.BlockBytes + (fine < 0 ? 0 : FineOffset);
        return block;
    }

    /// <summary>acc with one block of one row added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V AddBlock<F, S, V, I>(V acc, I sum, V d, float* minima, byte* x)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var factor = S.Multiply(d, S.Set(*(float*)(x + ByteActivations.Scale)));
        if (!F.HasMinimum)
            return S.Fma(S.ToFloat(S.AddInts(sum, S.SetInt(*(int*)(x + ByteActivations.Second)))), factor, acc);
        acc = S.Fma(S.ToFloat(sum), factor, acc);
        return S.Fma(S.Load(minima), S.Set(*(float*)(x + ByteActivations.Second)), acc);
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Attune.Tensors.Weights;

/// <summary>
/// Finds the first number that is NaN or infinite in a packed row: among the values of float formats, among the scales and minima of blocks.
/// Integers cannot be either.
/// </summary>
internal static class FiniteCheck
{
    private const uint ExponentOfFloat = 0x7F80_0000;
    private const ushort ExponentOfHalf = 0x7C00;
    private const ushort ExponentOfBrain = 0x7F80;

    /// <summary>The column of the first one (of a block: its first column); −1 if all are finite.</summary>
    public static int FirstNotFinite(WeightFormat format, ReadOnlySpan<byte> row) => format switch
    {
        WeightFormat.F32 => First(MemoryMarshal.Cast<byte, uint>(row), ExponentOfFloat),
        WeightFormat.F16 => First(MemoryMarshal.Cast<byte, ushort>(row), ExponentOfHalf),
        WeightFormat.BF16 => First(MemoryMarshal.Cast<byte, ushort>(row), ExponentOfBrain),
        _ => FirstBlock(row, WeightMatrix.BlockBytes(format), format == WeightFormat.Q4_1),
    };

    /// <summary>The first value; −1 if all are finite.</summary>
    public static int FirstNotFinite(ReadOnlySpan<float> values) => First(MemoryMarshal.Cast<float, uint>(values), ExponentOfFloat);

    private static int First<T>(ReadOnlySpan<T> bits, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        var i = 0;
        var mask = new Vector<T>(exponent);
        for (; i <= bits.Length - Vector<T>.Count; i += Vector<T>.Count)
            if (Vector.EqualsAny(new Vector<T>(bits[i..]) & mask, mask))
                break;
        for (; i < bits.Length; i++)
            if ((bits[i] & exponent) == exponent)
                return i;
        return -1;
    }

    private static int FirstBlock(ReadOnlySpan<byte> row, int blockBytes, bool minimum)
    {
        for (var at = 0; at < row.Length; at += blockBytes)
            if (IsBad(row[at..]) || minimum && IsBad(row[(at + 2)..]))
                return at / blockBytes * QuantisedMatrix.BlockLength;
        return -1;

        static bool IsBad(ReadOnlySpan<byte> half) => (BinaryPrimitives.ReadUInt16LittleEndian(half) & ExponentOfHalf) == ExponentOfHalf;
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Models.Files;

/// <summary>Types without blocks: floats and integers, little endian.</summary>
internal static class PlainTypes
{
    public static void ReadF32(ReadOnlySpan<byte> packed, Span<float> values) => packed.CopyTo(MemoryMarshal.AsBytes(values));

    public static void WriteF32(ReadOnlySpan<float> values, Span<byte> packed) => MemoryMarshal.AsBytes(values).CopyTo(packed);

    /// <summary>Exact: every float16 is a float32, subnormals too.</summary>
    public static void ReadF16(ReadOnlySpan<byte> packed, Span<float> values)
    {
        var source = MemoryMarshal.Cast<byte, ushort>(packed);
        var i = 0;
        for (; i <= values.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            var (low, high) = Vector128.Widen(Vector128.Create(source[i..]));
            WidenF16(low).CopyTo(values[i..]);
            WidenF16(high).CopyTo(values[(i + Vector128<float>.Count)..]);
        }
        for (; i < values.Length; i++)
            values[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
    }

    // Exponent and mantissa moved into place make the value times 2^-112 (the difference of the biases); the product also makes subnormals normal.
    // Infinity and NaN have the largest exponent in either format.
    private static Vector128<float> WidenF16(Vector128<uint> half)
    {
        var magnitude = half & Vector128.Create(0x7FFFu);
        var finite = Vector128.ShiftLeft(magnitude, 13).AsSingle() * Vector128.Create(5.192296858534828e33f);
        var special = Vector128.GreaterThanOrEqual(magnitude, Vector128.Create(0x7C00u)) & Vector128.Create(0x7F800000u);
        var sign = Vector128.ShiftLeft(half & Vector128.Create(0x8000u), 16);
        return (finite.AsUInt32() | special | sign).AsSingle();
    }

    /// <summary>Nearest, ties to even; from 65520 on infinity.</summary>
    public static void WriteF16(ReadOnlySpan<float> values, Span<byte> packed)
    {
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteHalfLittleEndian(packed[(2 * i)..], (Half)values[i]);
    }

    /// <summary>The upper half of a float32.</summary>
    public static void ReadBF16(ReadOnlySpan<byte> packed, Span<float> values)
    {
        var source = MemoryMarshal.Cast<byte, ushort>(packed);
        for (var i = 0; i < values.Length; i++)
            values[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    /// <summary>Nearest, ties to even; NaN stays NaN.</summary>
    public static void WriteBF16(ReadOnlySpan<float> values, Span<byte> packed)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            // Rounding could carry a NaN over into zero: keep its upper half, made quiet.
            var upper = float.IsNaN(values[i]) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
            BinaryPrimitives.WriteUInt16LittleEndian(packed[(2 * i)..], (ushort)upper);
        }
    }

    public static void ReadF64(ReadOnlySpan<byte> packed, Span<float> values)
    {
        var source = MemoryMarshal.Cast<byte, double>(packed);
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)source[i];
    }

    public static void ReadU8(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = packed[i];
    }

    public static void ReadI8(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = (sbyte)packed[i];
    }

    public static void ReadI16(ReadOnlySpan<byte> packed, Span<float> values)
    {
        var source = MemoryMarshal.Cast<byte, short>(packed);
        for (var i = 0; i < values.Length; i++)
            values[i] = source[i];
    }

    public static void ReadU16(ReadOnlySpan<byte> packed, Span<float> values)
    {
        var source = MemoryMarshal.Cast<byte, ushort>(packed);
        for (var i = 0; i < values.Length; i++)
            values[i] = source[i];
    }

    public static void ReadI32(ReadOnlySpan<byte> packed, Span<float> values)
    {
        var source = MemoryMarshal.Cast<byte, int>(packed);
        for (var i = 0; i < values.Length; i++)
            values[i] = source[i];
    }

    public static void ReadU32(ReadOnlySpan<byte> packed, Span<float> values)
    {
        var source = MemoryMarshal.Cast<byte, uint>(packed);
        for (var i = 0; i < values.Length; i++)
            values[i] = source[i];
    }

    public static void ReadI64(ReadOnlySpan<byte> packed, Span<float> values)
    {
        var source = MemoryMarshal.Cast<byte, long>(packed);
        for (var i = 0; i < values.Length; i++)
            values[i] = source[i];
    }

    public static void ReadU64(ReadOnlySpan<byte> packed, Span<float> values)
    {
        var source = MemoryMarshal.Cast<byte, ulong>(packed);
        for (var i = 0; i < values.Length; i++)
            values[i] = source[i];
    }
}

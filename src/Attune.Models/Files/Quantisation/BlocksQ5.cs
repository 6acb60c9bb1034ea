using System.Buffers.Binary;

namespace Attune.Models.Files;

/// <summary>
/// As Q4 with a fifth bit: after the scales come 32 high bits, little endian, bit i for element i, then 16 bytes of nibbles.
/// Q5_0: d·(q − 16). Q5_1: d·q + m. Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksQ5
{
    private const int Length = 32;
    private const int Bytes0 = 22;
    private const int Bytes1 = 24;

    public static void Read0(ReadOnlySpan<byte> packed, Span<float> values)
    {
        Span<byte> codes = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes0..], values = values[Length..])
        {
            var d = Scale.Read(packed);
            Split(packed.Slice(2, 20), codes);
            for (var i = 0; i < codes.Length; i++)
                values[i] = d * (codes[i] - 16);
        }
    }

    public static void Read1(ReadOnlySpan<byte> packed, Span<float> values)
    {
        Span<byte> codes = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes1..], values = values[Length..])
        {
            var d = Scale.Read(packed);
            var m = Scale.Read(packed[2..]);
            Split(packed.Slice(4, 20), codes);
            for (var i = 0; i < codes.Length; i++)
                values[i] = (d * codes[i]) + m;
        }
    }

    public static void Write0(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> codes = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes0..], values = values[Length..])
        {
            Scale.Write(packed, BlockCodes.Symmetric(values[..Length], codes, 16));
            Join(codes, packed.Slice(2, 20));
        }
    }

    public static void Write1(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> codes = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes1..], values = values[Length..])
        {
            var (d, m) = BlockCodes.Shifted(values[..Length], codes, 31);
            Scale.Write(packed, d);
            Scale.Write(packed[2..], m);
            Join(codes, packed.Slice(4, 20));
        }
    }

    private static void Split(ReadOnlySpan<byte> packed, Span<byte> codes)
    {
        var high = BinaryPrimitives.ReadUInt32LittleEndian(packed);
        var nibbles = packed[4..];
        for (var i = 0; i < nibbles.Length; i++)
        {
            codes[i] = (byte)((nibbles[i] & 15) | (int)((high >> i) & 1) << 4);
            codes[i + 16] = (byte)((nibbles[i] >> 4) | (int)((high >> (i + 16)) & 1) << 4);
        }
    }

    private static void Join(ReadOnlySpan<byte> codes, Span<byte> packed)
    {
        uint high = 0;
        for (var i = 0; i < codes.Length; i++)
            high |= (uint)(codes[i] >> 4) << i;
        BinaryPrimitives.WriteUInt32LittleEndian(packed, high);
        BlocksQ4.Join(codes, packed[4..]);
    }
}

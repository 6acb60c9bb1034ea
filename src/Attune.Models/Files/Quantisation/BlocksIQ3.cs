using System.Buffers.Binary;

namespace Attune.Models.Files;

/// <summary>
/// 256 elements as 64 entries of a codebook of 4 magnitudes, with signs; float16 d first.
/// IQ3_XXS: 64 bytes of indices, then for 32 elements 4 × 7 bits of signs and 4 bits s; value (d·(s + ½)/2)·±level.
/// IQ3_S: 64 bytes of low index bits, 8 bytes of high ones, 32 bytes of signs, 4 bytes of nibbles s for 32 elements; value d·(2s + 1)·±level.
/// Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksIQ3
{
    private const int BytesXXS = 98;
    private const int BytesS = 110;

    public static void ReadXXS(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesXXS..], values = values[256..])
        {
            var d = Scale.Read(packed);
            for (var group = 0; group < 8; group++)
            {
                var signs = BinaryPrimitives.ReadUInt32LittleEndian(packed[(66 + (4 * group))..]);
                var scale = d * ((signs >> 28) + 0.5f) * 0.5f;
                for (var entry = 0; entry < 8; entry++)
                {
                    var half = Codebooks.Signs((signs >> (entry / 2 * 7)) & 127) >> (4 * (entry % 2));
                    Entry(scale, Codebooks.IQ3XXS, packed[2 + (8 * group) + entry], half, values.Slice((32 * group) + (4 * entry), 4));
                }
            }
        }
    }

    public static void ReadS(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesS..], values = values[256..])
        {
            var d = Scale.Read(packed);
            for (var entry = 0; entry < 64; entry++)
            {
                var s = (packed[106 + (entry / 16)] >> (entry / 8 % 2 * 4)) & 15;
                var index = packed[2 + entry] | (((packed[66 + (entry / 8)] >> (entry % 8)) & 1) << 8);
                var half = packed[74 + (entry / 2)] >> (4 * (entry % 2));
                Entry(d * ((2 * s) + 1), Codebooks.IQ3S, index, half, values.Slice(4 * entry, 4));
            }
        }
    }

    private static void Entry(float scale, sbyte[] book, int index, int signs, Span<float> values)
    {
        var levels = book.AsSpan(4 * index, 4);
        for (var i = 0; i < levels.Length; i++)
            values[i] = scale * (((signs >> i) & 1) == 0 ? levels[i] : -levels[i]);
    }
}

using System.Buffers.Binary;

namespace Attune.Models.Files;

/// <summary>
/// 256 elements as 32 entries of a codebook of magnitudes with signs; value (d·(s + ½)/4)·±level. All begin with float16 d.
/// IQ2_XXS: for 32 elements 4 bytes of indices, then 4 × 7 bits of signs and 4 bits s. IQ2_XS: 32 words of 9 bits index and 7 bits signs, then 8 bytes
/// of nibbles s for 16 elements. IQ2_S: 32 bytes of low index bits, 32 bytes of signs, 8 bytes of high index bits (2 each), 8 bytes of
/// nibbles s. Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksIQ2
{
    private const int BytesXXS = 66;
    private const int BytesXS = 74;
    private const int BytesS = 82;

    public static void ReadXXS(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesXXS..], values = values[256..])
        {
            var d = Scale.Read(packed);
            for (var group = 0; group < 8; group++)
            {
                var at = packed.Slice(2 + (8 * group), 8);
                var signs = BinaryPrimitives.ReadUInt32LittleEndian(at[4..]);
                var scale = GroupScale(d, (int)(signs >> 28));
                for (var entry = 0; entry < 4; entry++)
                    Entry(scale, Codebooks.IQ2XXS, at[entry], Codebooks.Signs((signs >> (7 * entry)) & 127), values.Slice((32 * group) + (8 * entry), 8));
            }
        }
    }

    public static void ReadXS(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesXS..], values = values[256..])
        {
            var d = Scale.Read(packed);
            for (var entry = 0; entry < 32; entry++)
            {
                uint word = BinaryPrimitives.ReadUInt16LittleEndian(packed[(2 + (2 * entry))..]);
                var scale = GroupScale(d, Nibble(packed[66..], entry / 2));
                Entry(scale, Codebooks.IQ2XS, (int)(word & 511), Codebooks.Signs(word >> 9), values.Slice(8 * entry, 8));
            }
        }
    }

    public static void ReadS(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesS..], values = values[256..])
        {
            var d = Scale.Read(packed);
            for (var entry = 0; entry < 32; entry++)
            {
                var index = packed[2 + entry] | (((packed[66 + (entry / 4)] >> (2 * (entry % 4))) & 3) << 8);
                var scale = GroupScale(d, Nibble(packed[74..], entry / 2));
                Entry(scale, Codebooks.IQ2S, index, packed[34 + entry], values.Slice(8 * entry, 8));
            }
        }
    }

    private static float GroupScale(float d, int s) => d * (s + 0.5f) * 0.25f;

    private static int Nibble(ReadOnlySpan<byte> bytes, int at) => (bytes[at / 2] >> (4 * (at % 2))) & 15;

    private static void Entry(float scale, sbyte[] book, int index, int signs, Span<float> values)
    {
        var levels = book.AsSpan(8 * index, 8);
        for (var i = 0; i < levels.Length; i++)
            values[i] = scale * (((signs >> i) & 1) == 0 ? levels[i] : -levels[i]);
    }
}

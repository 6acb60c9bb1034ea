using System.Buffers.Binary;

namespace Attune.Models.Files;

/// <summary>
/// 256 elements as 32 entries of a codebook of −1, 0, 1 (<see cref="Codebooks.IQ1"/>), each with δ = ±1/8 added; value d·(2s + 1)·(level + δ).
/// IQ1_S: float16 d, 32 bytes of low index bits, eight 16-bit words for 32 elements: four times 3 high index bits, 3 bits s, a bit for δ's sign.
/// IQ1_M: 32 bytes of low index bits, 16 bytes with 3 high index bits and δ's sign for each entry, four 16-bit words: four 3-bit s
/// (16 elements each) and, in their upper 4 bits, a quarter of the float16 d. Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksIQ1
{
    private const int BytesS = 50;
    private const int BytesM = 56;
    private const float Delta = 0.125f;

    public static void ReadS(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesS..], values = values[256..])
        {
            var d = Scale.Read(packed);
            for (var group = 0; group < 8; group++)
            {
                int word = BinaryPrimitives.ReadUInt16LittleEndian(packed[(34 + (2 * group))..]);
                var scale = d * ((2 * ((word >> 12) & 7)) + 1);
                var delta = (word & 0x8000) == 0 ? Delta : -Delta;
                for (var entry = 0; entry < 4; entry++)
                    Entry(scale, delta, packed[2 + (4 * group) + entry] | (((word >> (3 * entry)) & 7) << 8), values.Slice((32 * group) + (8 * entry), 8));
            }
        }
    }

    public static void ReadM(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesM..], values = values[256..])
        {
            var d = ScaleM(packed);
            for (var entry = 0; entry < 32; entry++)
            {
                // Two entries to a group of 16, four such groups to a word.
                var word = BinaryPrimitives.ReadUInt16LittleEndian(packed[(48 + (entry / 8 * 2))..]);
                var scale = d * ((2 * ((word >> (entry % 8 / 2 * 3)) & 7)) + 1);
                var high = packed[32 + (entry / 2)] >> (4 * (entry % 2));
                Entry(scale, (high & 8) == 0 ? Delta : -Delta, packed[entry] | ((high & 7) << 8), values.Slice(8 * entry, 8));
            }
        }
    }

    private static float ScaleM(ReadOnlySpan<byte> packed)
    {
        var bits = 0;
        for (var quarter = 0; quarter < 4; quarter++)
            bits |= packed[49 + (2 * quarter)] >> 4 << (4 * quarter);
        return (float)BitConverter.UInt16BitsToHalf((ushort)bits);
    }

    private static void Entry(float scale, float delta, int index, Span<float> values)
    {
        var levels = Codebooks.IQ1.AsSpan(8 * index, 8);
        for (var i = 0; i < levels.Length; i++)
            values[i] = scale * (levels[i] + delta);
    }
}

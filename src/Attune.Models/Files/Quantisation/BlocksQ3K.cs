namespace Attune.Models.Files;

/// <summary>
/// Q3_K: 256 elements in 110 bytes: 32 bytes of high bits, 64 bytes of 2 low bits, 12 bytes with 16 scales of 6 bits (offset 32), float16 d;
/// value (d·(s − 32))·(q − 4), q with its high bit as bit 2. Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksQ3K
{
    private const int Length = 256;
    private const int Bytes = 110;

    public static void Read(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            var d = Scale.Read(packed[108..]);
            for (var group = 0; group < 16; group++)
            {
                var scale = d * (GroupScale(packed.Slice(96, 12), group) - 32);
                var high = packed.Slice(16 * (group % 2), 16);
                var low = packed.Slice(32 + (32 * (group / 8)) + (16 * (group % 2)), 16);
                var shift = group % 8 / 2 * 2;
                var target = values.Slice(16 * group, 16);
                for (var i = 0; i < target.Length; i++)
                    target[i] = scale * (((low[i] >> shift) & 3) + (((high[i] >> (group / 2)) & 1) << 2) - 4);
            }
        }
    }

    // Low 4 bits: bytes 0–7, groups 0–7 in low nibbles, 8–15 in high ones. High 2 bits: bytes 8–11, four groups to a byte, 4 apart.
    private static int GroupScale(ReadOnlySpan<byte> scales, int group)
    {
        var low = (scales[group % 8] >> (4 * (group / 8))) & 15;
        var high = (scales[8 + (group % 4)] >> (2 * (group / 4))) & 3;
        return low | (high << 4);
    }

    public static void Write(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<sbyte> scales = stackalloc sbyte[16];
        Span<byte> all = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            packed[..Bytes].Clear();
            Scale.Write(packed[108..], GroupScales.Signed(values[..Length], scales, all, -32, -4));
            for (var group = 0; group < 16; group++)
            {
                var scale = scales[group] + 32;
                packed[96 + (group % 8)] |= (byte)((scale & 15) << (4 * (group / 8)));
                packed[104 + (group % 4)] |= (byte)(scale >> 4 << (2 * (group / 4)));
                var high = packed.Slice(16 * (group % 2), 16);
                var low = packed.Slice(32 + (32 * (group / 8)) + (16 * (group % 2)), 16);
                for (var i = 0; i < low.Length; i++)
                {
                    var code = all[(16 * group) + i];
                    low[i] |= (byte)((code & 3) << (group % 8 / 2 * 2));
                    high[i] |= (byte)(code >> 2 << (group / 2));
                }
            }
        }
    }
}

using System.Buffers.Binary;

namespace Attune.Models.Files;

/// <summary>
/// 4-bit indices into a table of 16 unevenly spaced levels, nibbles as in Q4_0. IQ4_NL: float16 d and 16 bytes; value d·level.
/// IQ4_XS: 256 elements: float16 d, 16 bits of high and 4 bytes of low bits of eight 6-bit scales (offset 32), 128 bytes of nibbles;
/// value (d·(s − 32))·level. Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksIQ4
{
    private const int BytesNL = 18;
    private const int BytesXS = 136;

    private static ReadOnlySpan<sbyte> Levels => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    public static void ReadNL(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesNL..], values = values[32..])
            Group(Scale.Read(packed), packed.Slice(2, 16), values);
    }

    public static void ReadXS(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesXS..], values = values[256..])
        {
            var d = Scale.Read(packed);
            var high = BinaryPrimitives.ReadUInt16LittleEndian(packed[2..]);
            for (var group = 0; group < 8; group++)
            {
                var low = (packed[4 + (group / 2)] >> (4 * (group % 2))) & 15;
                var scale = d * ((low | (((high >> (2 * group)) & 3) << 4)) - 32);
                Group(scale, packed.Slice(8 + (16 * group), 16), values[(32 * group)..]);
            }
        }
    }

    private static void Group(float scale, ReadOnlySpan<byte> codes, Span<float> values)
    {
        for (var i = 0; i < codes.Length; i++)
        {
            values[i] = scale * Levels[codes[i] & 15];
            values[i + 16] = scale * Levels[codes[i] >> 4];
        }
    }

    public static void WriteNL(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> codes = stackalloc byte[32];
        for (; values.Length > 0; packed = packed[BytesNL..], values = values[32..])
        {
            var d = GroupScales.Stored(LevelFit.Find(values[..32], Levels));
            LevelFit.Codes(values[..32], d, Levels, codes);
            Scale.Write(packed, d);
            BlocksQ4.Join(codes, packed.Slice(2, 16));
        }
    }

    public static void WriteXS(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<float> found = stackalloc float[8];
        Span<byte> codes = stackalloc byte[32];
        for (; values.Length > 0; packed = packed[BytesXS..], values = values[256..])
        {
            packed[..8].Clear();
            for (var group = 0; group < 8; group++)
                found[group] = LevelFit.Find(values.Slice(32 * group, 32), Levels);
            var d = GroupScales.Stored(BlockFit.Farthest(found) / -32);
            Scale.Write(packed, d);
            for (var group = 0; group < 8; group++)
            {
                var x = values.Slice(32 * group, 32);
                var scale = LevelFit.BestScale(x, d, (int)MathF.Round(found[group] * Scale.Inverse(d)), Levels);
                packed[4 + (group / 2)] |= (byte)(((scale + 32) & 15) << (4 * (group % 2)));
                packed[2 + (group / 4)] |= (byte)((scale + 32) >> 4 << (2 * (group % 4)));
                LevelFit.Codes(x, d * scale, Levels, codes);
                BlocksQ4.Join(codes, packed.Slice(8 + (16 * group), 16));
            }
        }
    }
}

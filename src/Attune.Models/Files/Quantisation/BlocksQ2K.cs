namespace Attune.Models.Files;

/// <summary>
/// Q2_K: 256 elements in 84 bytes: 16 bytes for groups of 16 (low nibble scale s, high nibble minimum t), 64 bytes of 2-bit codes, float16 d and dmin;
/// value (d·s)·q − dmin·t. A byte holds one element of each of four groups 32 elements apart. Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksQ2K
{
    private const int Length = 256;
    private const int Bytes = 84;

    public static void Read(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            var d = Scale.Read(packed[80..]);
            var dmin = Scale.Read(packed[82..]);
            for (var group = 0; group < 16; group++)
            {
                var scale = d * (packed[group] & 15);
                var minimum = dmin * (packed[group] >> 4);
                var codes = packed.Slice(16 + (32 * (group / 8)) + (16 * (group % 2)), 16);
                var shift = group % 8 / 2 * 2;
                var target = values.Slice(16 * group, 16);
                for (var i = 0; i < target.Length; i++)
                    target[i] = (scale * ((codes[i] >> shift) & 3)) - minimum;
            }
        }
    }

    public static void Write(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> scales = stackalloc byte[16], minima = stackalloc byte[16], all = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            packed[..Bytes].Clear();
            var (d, dmin) = ShiftedScales.Fit(values[..Length], scales, minima, all, 15, 3);
            Scale.Write(packed[80..], d);
            Scale.Write(packed[82..], dmin);
            for (var group = 0; group < 16; group++)
            {
                packed[group] = (byte)(scales[group] | (minima[group] << 4));
                var codes = packed.Slice(16 + (32 * (group / 8)) + (16 * (group % 2)), 16);
                for (var i = 0; i < codes.Length; i++)
                    codes[i] |= (byte)(all[(16 * group) + i] << (group % 8 / 2 * 2));
            }
        }
    }
}

namespace Attune.Models.Files;

/// <summary>
/// Q5_K: 256 elements in 176 bytes: as Q4_K, with 32 bytes of high bits before the nibbles, bit g of byte i for element i of group g.
/// Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksQ5K
{
    private const int Length = 256;
    private const int Bytes = 176;

    public static void Read(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            var d = Scale.Read(packed);
            var dmin = Scale.Read(packed[2..]);
            var high = packed.Slice(16, 32);
            for (var group = 0; group < 8; group++)
            {
                var (s, t) = KScales.Read(packed.Slice(4, 12), group);
                var scale = d * s;
                var minimum = dmin * t;
                var low = packed.Slice(48 + (32 * (group / 2)), 32);
                var shift = 4 * (group % 2);
                var target = values.Slice(32 * group, 32);
                for (var i = 0; i < target.Length; i++)
                    target[i] = (scale * (((low[i] >> shift) & 15) | (((high[i] >> group) & 1) << 4))) - minimum;
            }
        }
    }

    public static void Write(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> scales = stackalloc byte[8], minima = stackalloc byte[8], all = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            packed[..Bytes].Clear();
            var (d, dmin) = ShiftedScales.Fit(values[..Length], scales, minima, all, 63, 31);
            Scale.Write(packed, d);
            Scale.Write(packed[2..], dmin);
            KScales.Write(packed.Slice(4, 12), scales, minima);
            for (var group = 0; group < 8; group++)
            {
                var low = packed.Slice(48 + (32 * (group / 2)), 32);
                for (var i = 0; i < low.Length; i++)
                {
                    var code = all[(32 * group) + i];
                    low[i] |= (byte)((code & 15) << (4 * (group % 2)));
                    packed[16 + i] |= (byte)(code >> 4 << group);
                }
            }
        }
    }
}

namespace Attune.Models.Files;

/// <summary>
/// Q4_K: 256 elements in 144 bytes: float16 d and dmin, 12 bytes of <see cref="KScales"/>, 128 bytes of nibbles. Of each 32 bytes the low nibbles
/// are one group of 32 elements, the high nibbles the next; value (d·s)·q − dmin·t. Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksQ4K
{
    private const int Length = 256;
    private const int Bytes = 144;

    public static void Read(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            var d = Scale.Read(packed);
            var dmin = Scale.Read(packed[2..]);
            for (var group = 0; group < 8; group++)
            {
                var (s, t) = KScales.Read(packed.Slice(4, 12), group);
                var scale = d * s;
                var minimum = dmin * t;
                var codes = packed.Slice(16 + (32 * (group / 2)), 32);
                var shift = 4 * (group % 2);
                var target = values.Slice(32 * group, 32);
                for (var i = 0; i < target.Length; i++)
                    target[i] = (scale * ((codes[i] >> shift) & 15)) - minimum;
            }
        }
    }

    public static void Write(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> scales = stackalloc byte[8], minima = stackalloc byte[8], all = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            packed[..Bytes].Clear();
            var (d, dmin) = ShiftedScales.Fit(values[..Length], scales, minima, all, 63, 15);
            Scale.Write(packed, d);
            Scale.Write(packed[2..], dmin);
            KScales.Write(packed.Slice(4, 12), scales, minima);
            for (var group = 0; group < 8; group++)
            {
                var codes = packed.Slice(16 + (32 * (group / 2)), 32);
                for (var i = 0; i < codes.Length; i++)
                    codes[i] |= (byte)(all[(32 * group) + i] << (4 * (group % 2)));
            }
        }
    }
}

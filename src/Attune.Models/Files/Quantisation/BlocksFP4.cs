namespace Attune.Models.Files;

/// <summary>
/// 4-bit floats (E2M1), held as twice their value so that the table is of integers; scales are halved in turn.
/// MXFP4: one byte of exponent e, scale 2^(e − 128), then 16 bytes of nibbles as Q4_0 (OCP Microscaling 1.0).
/// NVFP4: 64 elements: four unsigned E4M3 scales, then four times 8 bytes of nibbles, low ones first.
/// </summary>
internal static class BlocksFP4
{
    private const int BytesMX = 17;
    private const int BytesNV = 36;

    private static ReadOnlySpan<sbyte> Doubled => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    public static void ReadMX(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesMX..], values = values[32..])
            Group(MathF.ScaleB(1, packed[0] - 128), packed.Slice(1, 16), values);
    }

    public static void ReadNV(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[BytesNV..], values = values[64..])
        {
            for (var group = 0; group < 4; group++)
                Group(HalfE4M3(packed[group]), packed.Slice(4 + (8 * group), 8), values[(16 * group)..]);
        }
    }

    private static void Group(float scale, ReadOnlySpan<byte> codes, Span<float> values)
    {
        for (var i = 0; i < codes.Length; i++)
        {
            values[i] = scale * Doubled[codes[i] & 15];
            values[i + codes.Length] = scale * Doubled[codes[i] >> 4];
        }
    }

    // ggml reads the code that stands for NaN as 0.
    private static float HalfE4M3(byte code)
    {
        int exponent = (code >> 3) & 15, mantissa = code & 7;
        if ((code & 127) == 127)
            return 0;
        return exponent == 0 ? MathF.ScaleB(mantissa, -10) : MathF.ScaleB(8 + mantissa, exponent - 11);
    }

    /// <summary>e = ⌊log2 max|x|⌋ − 2 + 127; each code is the nearest, of two as near the one listed first.</summary>
    public static void WriteMX(ReadOnlySpan<float> values, Span<byte> packed)
    {
        for (; values.Length > 0; packed = packed[BytesMX..], values = values[32..])
        {
            var largest = MathF.Abs(BlockFit.Farthest(values[..32]));
            packed[0] = largest == 0 ? (byte)0 : (byte)Math.Clamp(MathF.ILogB(largest) + 125, 0, 254);
            var scale = MathF.ScaleB(1, packed[0] - 128);
            for (var i = 0; i < 16; i++)
                packed[1 + i] = (byte)(Nearest(scale, values[i]) | (Nearest(scale, values[i + 16]) << 4));
        }
    }

    private static int Nearest(float scale, float value)
    {
        var best = 0;
        for (var code = 1; code < Doubled.Length; code++)
        {
            if (MathF.Abs((scale * Doubled[code]) - value) < MathF.Abs((scale * Doubled[best]) - value))
                best = code;
        }
        return best;
    }
}

namespace Attune.Models.Files;

/// <summary>8-bit floats: E4M3 (bias 7, no infinities, S.1111.111 is NaN) and E5M2 (bias 15, as IEEE). Source: Micikevicius et al. 2022, table 1.</summary>
internal static class Float8
{
    private static readonly float[] E4M3 = Table(E4M3Value);
    private static readonly float[] E5M2 = Table(E5M2Value);

    public static void ReadE4M3(ReadOnlySpan<byte> packed, Span<float> values) => Look(E4M3, packed, values);

    public static void ReadE5M2(ReadOnlySpan<byte> packed, Span<float> values) => Look(E5M2, packed, values);

    private static void Look(float[] table, ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = table[packed[i]];
    }

    private static float[] Table(Func<int, float> magnitude) =>
        [.. Enumerable.Range(0, 256).Select(code => code < 128 ? magnitude(code) : -magnitude(code & 127))];

    private static float E4M3Value(int code) => code == 0x7F ? float.NaN : Magnitude(code >> 3, code & 7, 3, 7);

    // The upper byte of a float16.
    private static float E5M2Value(int code) => (float)BitConverter.UInt16BitsToHalf((ushort)(code << 8));

    // (1 + m/2^bits)·2^(e − bias), and (m/2^bits)·2^(1 − bias) for e = 0.
    private static float Magnitude(int exponent, int mantissa, int bits, int bias) => exponent == 0
        ? MathF.ScaleB(mantissa, 1 - bias - bits)
        : MathF.ScaleB((1 << bits) + mantissa, exponent - bias - bits);
}

namespace Attune.Models.Files;

/// <summary>
/// Weights −1, 0, 1 times one scale for 256. TQ1_0: five digits of base 3 to a byte, read from the top by multiplying: 32 bytes of five,
/// 16 bytes of five, 4 bytes of four, float16 d. TQ2_0: 2 bits each, 64 bytes, float16 d. Elements of one byte lie as far apart as its run is long.
/// Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksTernary
{
    private const int Length = 256;
    private const int Bytes1 = 54;
    private const int Bytes2 = 66;

    public static void Read1(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes1..], values = values[Length..])
        {
            var d = Scale.Read(packed[52..]);
            Digits(d, packed[..32], values, 5);
            Digits(d, packed.Slice(32, 16), values[160..], 5);
            Digits(d, packed.Slice(48, 4), values[240..], 4);
        }
    }

    public static void Read2(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes2..], values = values[Length..])
        {
            var d = Scale.Read(packed[64..]);
            for (var run = 0; run < 8; run++)
            {
                var codes = packed.Slice(32 * (run / 4), 32);
                for (var i = 0; i < codes.Length; i++)
                    values[(32 * run) + i] = d * (((codes[i] >> (2 * (run % 4))) & 3) - 1);
            }
        }
    }

    // A byte b stands for the fraction b/256; the digit is the whole part of 3·b/256, and what remains is 3·b mod 256.
    private static void Digits(float d, ReadOnlySpan<byte> codes, Span<float> values, int digits)
    {
        for (var i = 0; i < codes.Length; i++)
        {
            var rest = (int)codes[i];
            for (var digit = 0; digit < digits; digit++)
            {
                values[(digit * codes.Length) + i] = d * (((rest * 3) >> 8) - 1);
                rest = (rest * 3) & 255;
            }
        }
    }

    public static void Write1(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> digits = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes1..], values = values[Length..])
        {
            Scale.Write(packed[52..], Ternary(values[..Length], digits));
            Join(digits, packed[..32], 5);
            Join(digits[160..], packed.Slice(32, 16), 5);
            Join(digits[240..], packed.Slice(48, 4), 4);
        }
    }

    public static void Write2(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> digits = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes2..], values = values[Length..])
        {
            Scale.Write(packed[64..], Ternary(values[..Length], digits));
            packed[..64].Clear();
            for (var i = 0; i < Length; i++)
                packed[(32 * (i / 128)) + (i % 32)] |= (byte)(digits[i] << (i % 128 / 32 * 2));
        }
    }

    // d = max|x|; digit = x/d to the nearest of −1, 0, 1, halves away from zero, plus 1.
    private static float Ternary(ReadOnlySpan<float> values, Span<byte> digits)
    {
        var d = MathF.Abs(BlockFit.Farthest(values));
        var inverse = Scale.Inverse(d);
        for (var i = 0; i < values.Length; i++)
            digits[i] = (byte)(MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero) + 1);
        return d;
    }

    // The number of five digits (the fifth 0 where there are four) as a fraction of 3^5 in 256 parts, rounded up.
    private static void Join(ReadOnlySpan<byte> digits, Span<byte> packed, int count)
    {
        for (var i = 0; i < packed.Length; i++)
        {
            var number = 0;
            for (var digit = 0; digit < 5; digit++)
                number = (3 * number) + (digit < count ? digits[(digit * packed.Length) + i] : 0);
            packed[i] = (byte)(((number * 256) + 242) / 243);
        }
    }
}

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
}

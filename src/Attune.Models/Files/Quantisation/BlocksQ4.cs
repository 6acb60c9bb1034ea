namespace Attune.Models.Files;

/// <summary>
/// Q4_0: float16 d, then 16 bytes whose low nibbles are elements 0–15 and high nibbles 16–31; value d·(q − 8).
/// Q4_1: float16 d and m, then the same; value d·q + m. Source: ggml-quants.c of ggml.
/// </summary>
internal static class BlocksQ4
{
    private const int Length = 32;
    private const int Bytes0 = 18;
    private const int Bytes1 = 20;

    public static void Read0(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes0..], values = values[Length..])
        {
            var d = Scale.Read(packed);
            var codes = packed.Slice(2, 16);
            for (var i = 0; i < codes.Length; i++)
            {
                values[i] = d * ((codes[i] & 15) - 8);
                values[i + 16] = d * ((codes[i] >> 4) - 8);
            }
        }
    }

    public static void Read1(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes1..], values = values[Length..])
        {
            var d = Scale.Read(packed);
            var m = Scale.Read(packed[2..]);
            var codes = packed.Slice(4, 16);
            for (var i = 0; i < codes.Length; i++)
            {
                values[i] = (d * (codes[i] & 15)) + m;
                values[i + 16] = (d * (codes[i] >> 4)) + m;
            }
        }
    }

    public static void Write0(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> codes = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes0..], values = values[Length..])
        {
            Scale.Write(packed, BlockCodes.Symmetric(values[..Length], codes, 8));
            Join(codes, packed.Slice(2, 16));
        }
    }

    public static void Write1(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> codes = stackalloc byte[Length];
        for (; values.Length > 0; packed = packed[Bytes1..], values = values[Length..])
        {
            var (d, m) = BlockCodes.Shifted(values[..Length], codes, 15);
            Scale.Write(packed, d);
            Scale.Write(packed[2..], m);
            Join(codes, packed.Slice(4, 16));
        }
    }

    /// <summary>Low nibbles of codes 0–15 and 16–31 side by side.</summary>
    public static void Join(ReadOnlySpan<byte> codes, Span<byte> packed)
    {
        for (var i = 0; i < packed.Length; i++)
            packed[i] = (byte)((codes[i] & 15) | (codes[i + 16] << 4));
    }
}

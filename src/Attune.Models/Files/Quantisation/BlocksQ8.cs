namespace Attune.Models.Files;

/// <summary>Q8_0: float16 d, then 32 signed bytes q; value d·q. Source: ggml-quants.c of ggml.</summary>
internal static class BlocksQ8
{
    private const int Length = 32;
    private const int Bytes = 34;

    public static void Read(ReadOnlySpan<byte> packed, Span<float> values)
    {
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            var d = Scale.Read(packed);
            var codes = packed.Slice(2, Length);
            for (var i = 0; i < codes.Length; i++)
                values[i] = d * (sbyte)codes[i];
        }
    }

    /// <summary>d = max|x|/127; q = x/d rounded to nearest, halves away from zero.</summary>
    public static void Write(ReadOnlySpan<float> values, Span<byte> packed)
    {
        for (; values.Length > 0; packed = packed[Bytes..], values = values[Length..])
        {
            var largest = 0f;
            foreach (var value in values[..Length])
                largest = MathF.Max(largest, MathF.Abs(value));
            var d = largest / 127;
            var inverse = Scale.Inverse(d);
            Scale.Write(packed, d);
            for (var i = 0; i < Length; i++)
                packed[2 + i] = (byte)(sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
        }
    }
}

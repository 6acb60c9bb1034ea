namespace Attune.Models.Files;

/// <summary>Codes of one block for the types with 4 and 5 bits. Products and sums are each rounded to float32: a fused one changes ties.</summary>
internal static class BlockCodes
{
    /// <summary>
    /// d = v/−half for the value v of largest magnitude with its sign (the first of equals), q = ⌊x/d + half + ½⌋ within 0 … 2·half − 1. Returns d.
    /// </summary>
    public static float Symmetric(ReadOnlySpan<float> values, Span<byte> codes, int half)
    {
        var largest = 0f;
        foreach (var value in values)
        {
            if (MathF.Abs(value) > MathF.Abs(largest))
                largest = value;
        }
        var d = largest / -half;
        var inverse = Scale.Inverse(d);
        for (var i = 0; i < values.Length; i++)
        {
            var product = values[i] * inverse;
            codes[i] = (byte)Math.Clamp((int)(product + (half + 0.5f)), 0, (2 * half) - 1);
        }
        return d;
    }

    /// <summary>m the least value, d = (greatest − m)/most, q = ⌊(x − m)/d + ½⌋ within 0 … most.</summary>
    public static (float D, float M) Shifted(ReadOnlySpan<float> values, Span<byte> codes, int most)
    {
        float least = values[0], greatest = values[0];
        foreach (var value in values)
        {
            least = MathF.Min(least, value);
            greatest = MathF.Max(greatest, value);
        }
        var d = (greatest - least) / most;
        var inverse = Scale.Inverse(d);
        for (var i = 0; i < values.Length; i++)
        {
            var product = (values[i] - least) * inverse;
            codes[i] = (byte)Math.Clamp((int)(product + 0.5f), 0, most);
        }
        return (d, least);
    }
}

namespace Attune.Models.Files;

/// <summary>
/// Scales of the groups of a block of 256, which are themselves small integers times one float16: found by <see cref="BlockFit"/> for each group,
/// rounded, and then chosen among their neighbours by the error that the stored numbers give. The same is done for several float16.
/// </summary>
internal static class GroupScales
{
    public const int Block = 256;

    // How far the largest scale's integer stays below the end of its range in further attempts: other roundings of d come of it.
    private const int Attempts = 3;

    /// <summary>Value d·s·q with s and q signed; s in leastScale … −leastScale − 1. Codes come less <paramref name="least"/>. Returns d as stored.</summary>
    public static float Signed(ReadOnlySpan<float> values, Span<sbyte> scales, Span<byte> codes, int leastScale, int least)
    {
        var length = Block / scales.Length;
        Span<float> found = stackalloc float[scales.Length];
        for (var g = 0; g < scales.Length; g++)
            found[g] = BlockFit.Signed(values.Slice(g * length, length), least, -least - 1);
        Span<sbyte> tried = stackalloc sbyte[scales.Length];
        var (d, lowest) = (0f, float.PositiveInfinity);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var candidate = Stored(BlockFit.Farthest(found) / (leastScale + attempt));
            var error = Choose(values, found, candidate, tried, leastScale, least);
            if (error >= lowest)
                continue;
            (d, lowest) = (candidate, error);
            tried.CopyTo(scales);
        }
        for (var g = 0; g < scales.Length; g++)
            BlockFit.Codes(values.Slice(g * length, length), d * scales[g], 0, least, -least - 1, codes.Slice(g * length, length));
        return d;
    }

    /// <summary>A scale as float16 gives it back; not 0 where it is none.</summary>
    public static float Stored(float scale)
    {
        var stored = (Half)scale;
        return (float)(stored == Half.Zero && scale != 0 ? Half.CopySign(Half.Epsilon, (Half)scale) : stored);
    }

    private static float Choose(ReadOnlySpan<float> values, ReadOnlySpan<float> found, float d, Span<sbyte> scales, int leastScale, int least)
    {
        var length = Block / scales.Length;
        var total = 0f;
        for (var g = 0; g < scales.Length; g++)
        {
            var x = values.Slice(g * length, length);
            var near = (int)MathF.Round(found[g] * Scale.Inverse(d));
            var lowest = float.PositiveInfinity;
            for (var s = Math.Max(near - 1, leastScale); s <= Math.Min(near + 1, -leastScale - 1); s++)
            {
                var error = BlockFit.Error(x, d * s, 0, least, -least - 1);
                if (error < lowest)
                    (scales[g], lowest) = ((sbyte)s, error);
            }
            total += lowest;
        }
        return total;
    }
}

using System.Runtime.Intrinsics;

namespace Attune.Models.Files;

/// <summary>As <see cref="BlockFit"/> where codes stand for unevenly spaced levels: x ≈ scale·level.</summary>
internal static class LevelFit
{
    private const int Steps = 7;
    private static readonly int Lanes = Vector256<float>.Count;

    /// <summary>The scale with the least squared error that candidates around the outermost levels lead to; 0 for zeros.</summary>
    public static float Find(ReadOnlySpan<float> x, ReadOnlySpan<sbyte> levels)
    {
        var farthest = BlockFit.Farthest(x);
        if (MathF.Abs(farthest) < 1e-15f)
            return 0;
        float scale = 0, best = -1;
        for (var step = -Steps; step <= Steps; step++)
        {
            Try(x, (levels[0] + step) / farthest, levels, ref scale, ref best);
            Try(x, (levels[^1] + step) / farthest, levels, ref scale, ref best);
        }
        for (var round = 0; round < 2 && scale != 0; round++)
            Try(x, 1 / scale, levels, ref scale, ref best);
        return scale;
    }

    /// <summary>The 6-bit scale s about <paramref name="near"/> with which d·s is best.</summary>
    public static int BestScale(ReadOnlySpan<float> x, float d, int near, ReadOnlySpan<sbyte> levels)
    {
        var best = 0;
        var lowest = float.PositiveInfinity;
        for (var s = Math.Max(near - 1, -32); s <= Math.Min(near + 1, 31); s++)
        {
            var error = Error(x, d * s, levels);
            if (error < lowest)
                (best, lowest) = (s, error);
        }
        return best;
    }

    /// <summary>Indices of the nearest levels; those of equal distance take the lower one.</summary>
    public static void Codes(ReadOnlySpan<float> x, float scale, ReadOnlySpan<sbyte> levels, Span<byte> codes)
    {
        var inverse = Scale.Inverse(scale);
        for (var i = 0; i < x.Length; i++)
        {
            var code = 0;
            while (code < levels.Length - 1 && x[i] * inverse > 0.5f * (levels[code] + levels[code + 1]))
                code++;
            codes[i] = (byte)code;
        }
    }

    private static float Error(ReadOnlySpan<float> x, float scale, ReadOnlySpan<sbyte> levels)
    {
        var inverse = Scale.Inverse(scale);
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < x.Length; i += Lanes)
        {
            var value = Vector256.Create(x[i..]);
            var difference = value - (Nearest(value * inverse, levels) * scale);
            sum += difference * difference;
        }
        return BlockFit.Sum(sum);
    }

    private static void Try(ReadOnlySpan<float> x, float inverse, ReadOnlySpan<sbyte> levels, ref float scale, ref float best)
    {
        Vector256<float> xq = default, qq = default;
        for (var i = 0; i < x.Length; i += Lanes)
        {
            var value = Vector256.Create(x[i..]);
            var level = Nearest(value * inverse, levels);
            xq += value * level;
            qq += level * level;
        }
        var (product, square) = (BlockFit.Sum(xq), BlockFit.Sum(qq));
        if (square > 0 && product * product > best * square)
            (scale, best) = (product / square, product * product / square);
    }

    private static Vector256<float> Nearest(Vector256<float> scaled, ReadOnlySpan<sbyte> levels)
    {
        var nearest = Vector256.Create((float)levels[0]);
        for (var i = 1; i < levels.Length; i++)
        {
            var above = Vector256.GreaterThan(scaled, Vector256.Create(0.5f * (levels[i - 1] + levels[i])));
            nearest = Vector256.ConditionalSelect(above, Vector256.Create((float)levels[i]), nearest);
        }
        return nearest;
    }
}

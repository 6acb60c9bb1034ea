using System.Runtime.Intrinsics;

namespace Attune.Models.Files;

/// <summary>
/// Searches for the scale (and the minimum) with which a group of 16 or 32 values is closest to codes times scale, in the sum of squares.
/// Candidates map the value that is farthest out to about the last code; each gets the scale that is best for its codes (least squares).
/// Sums have fixed lanes and a fixed order, so that bytes do not depend on the processor.
/// </summary>
internal static class BlockFit
{
    /// <summary>Below it no scale in float16 makes a code of 1 from a value.</summary>
    private const float Least = 1e-15f;

    private const int Steps = 9;
    private const int Rounds = 2;
    private static readonly int Lanes = Vector256<float>.Count;

    /// <summary>
    /// x ≈ scale·q with q in least … most, where least = −most − 1. The score of a candidate is (Σxq)²/Σq², which is Σx² less the error.
    /// </summary>
    public static float Signed(ReadOnlySpan<float> x, int least, int most)
    {
        var farthest = Farthest(x);
        if (MathF.Abs(farthest) < Least)
            return 0;
        float scale = 0, best = -1;
        for (var step = -Steps; step <= Steps; step++)
        {
            Try(x, (least + (0.1f * step)) / farthest, least, most, ref scale, ref best);
            Try(x, (most + (0.1f * step)) / farthest, least, most, ref scale, ref best);
        }
        for (var round = 0; round < Rounds && scale != 0; round++)
            Try(x, 1 / scale, least, most, ref scale, ref best);
        return scale;
    }

    /// <summary>x ≈ scale·q + minimum with q in 0 … most, scale ≥ 0 and minimum ≤ 0.</summary>
    public static (float Scale, float Minimum) Shifted(ReadOnlySpan<float> x, int most)
    {
        float minimum = 0, greatest = x[0];
        foreach (var value in x)
            (minimum, greatest) = (MathF.Min(minimum, value), MathF.Max(greatest, value));
        var range = greatest - minimum;
        if (range < Least)
            return (0, minimum);
        var start = minimum;
        var scale = range / most;
        var best = float.PositiveInfinity;
        for (var step = -Steps - 1; step <= Steps + 1; step++)
            Try(x, range / (most + (0.1f * step)), start, most, ref scale, ref minimum, ref best);
        for (var round = 0; round < Rounds && scale > 0; round++)
            Try(x, scale, minimum, most, ref scale, ref minimum, ref best);
        return (scale, minimum);
    }

    /// <summary>Σ(x − scale·q − minimum)² with the codes that are nearest.</summary>
    public static float Error(ReadOnlySpan<float> x, float scale, float minimum, float least, float most)
    {
        var inverse = Scale.Inverse(scale);
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < x.Length; i += Lanes)
        {
            var value = Vector256.Create(x[i..]);
            var difference = value - (Codes((value - Vector256.Create(minimum)) * inverse, least, most) * scale) - Vector256.Create(minimum);
            sum += difference * difference;
        }
        return Sum(sum);
    }

    /// <summary>The codes that are nearest, less <paramref name="least"/>.</summary>
    public static void Codes(ReadOnlySpan<float> x, float scale, float minimum, int least, int most, Span<byte> codes)
    {
        var inverse = Scale.Inverse(scale);
        for (var i = 0; i < x.Length; i++)
        {
            var product = (x[i] - minimum) * inverse;
            codes[i] = (byte)(Math.Clamp((int)MathF.Round(product), least, most) - least);
        }
    }

    public static float Farthest(ReadOnlySpan<float> x)
    {
        var farthest = 0f;
        foreach (var value in x)
        {
            if (MathF.Abs(value) > MathF.Abs(farthest))
                farthest = value;
        }
        return farthest;
    }

    /// <summary>Lanes in a fixed order.</summary>
    public static float Sum(Vector256<float> lanes)
    {
        var half = lanes.GetLower() + lanes.GetUpper();
        return (half[0] + half[2]) + (half[1] + half[3]);
    }

    private static void Try(ReadOnlySpan<float> x, float inverse, float least, float most, ref float scale, ref float best)
    {
        Vector256<float> xq = default, qq = default;
        for (var i = 0; i < x.Length; i += Lanes)
        {
            var value = Vector256.Create(x[i..]);
            var code = Codes(value * inverse, least, most);
            xq += value * code;
            qq += code * code;
        }
        var (product, square) = (Sum(xq), Sum(qq));
        if (square > 0 && product * product > best * square)
            (scale, best) = (product / square, product * product / square);
    }

    private static void Try(ReadOnlySpan<float> x, float step, float start, int most, ref float scale, ref float minimum, ref float best)
    {
        Vector256<float> sumX = default, sumQ = default, xq = default, qq = default;
        for (var i = 0; i < x.Length; i += Lanes)
        {
            var value = Vector256.Create(x[i..]);
            var code = Codes((value - Vector256.Create(start)) * (1 / step), 0, most);
            sumX += value;
            sumQ += code;
            xq += value * code;
            qq += code * code;
        }
        var (s, m) = Solve(x.Length, Sum(sumX), Sum(sumQ), Sum(xq), Sum(qq));
        if (s <= 0)
            return;
        var error = Error(x, s, m, 0, most);
        if (error < best)
            (scale, minimum, best) = (s, m, error);
    }

    // The two normal equations; where the minimum would be positive it is 0.
    private static (float Scale, float Minimum) Solve(int n, double x, double q, double xq, double qq)
    {
        var determinant = (n * qq) - (q * q);
        if (determinant > 0 && ((qq * x) - (q * xq)) / determinant is var minimum and <= 0)
            return ((float)(((n * xq) - (x * q)) / determinant), (float)minimum);
        return qq > 0 ? ((float)(xq / qq), 0) : (0, 0);
    }

    private static Vector256<float> Codes(Vector256<float> scaled, float least, float most) =>
        Vector256.Min(Vector256.Max(Vector256.Round(scaled), Vector256.Create(least)), Vector256.Create(most));
}

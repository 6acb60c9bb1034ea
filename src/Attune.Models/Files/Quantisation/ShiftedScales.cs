namespace Attune.Models.Files;

/// <summary>
/// As <see cref="GroupScales"/> for blocks of 256 whose groups have a scale and a minimum: value d·s·q − dmin·t with s and t in 0 … mostScale, q in
/// 0 … most, d and dmin float16. From rounded starts each group walks to its best pair (s, t); then d and dmin are fitted to all of them.
/// </summary>
internal ref struct ShiftedScales
{
    private const int Attempts = 3;
    private const int MostSteps = 8;

    private readonly ReadOnlySpan<float> values;
    private readonly Span<byte> scales;
    private readonly Span<byte> minima;
    private readonly int mostScale;
    private readonly int most;
    private readonly int length;

    private ShiftedScales(ReadOnlySpan<float> values, Span<byte> scales, Span<byte> minima, int mostScale, int most)
    {
        this.values = values;
        this.scales = scales;
        this.minima = minima;
        this.mostScale = mostScale;
        this.most = most;
        length = GroupScales.Block / scales.Length;
    }

    /// <summary>Returns d and dmin as stored; scales, minima and codes are filled.</summary>
    public static (float D, float Dmin) Fit(ReadOnlySpan<float> values, Span<byte> scales, Span<byte> minima, Span<byte> codes, int mostScale, int most)
    {
        Span<float> found = stackalloc float[scales.Length], below = stackalloc float[scales.Length];
        Span<byte> triedScales = stackalloc byte[scales.Length], triedMinima = stackalloc byte[scales.Length];
        var block = new ShiftedScales(values, triedScales, triedMinima, mostScale, most);
        for (var g = 0; g < scales.Length; g++)
        {
            (found[g], var minimum) = BlockFit.Shifted(block.Group(g), most);
            below[g] = -minimum;
        }
        var best = (D: 0f, Dmin: 0f);
        var lowest = float.PositiveInfinity;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var start = (GroupScales.Stored(BlockFit.Farthest(found) / (mostScale - attempt)), GroupScales.Stored(BlockFit.Farthest(below) / (mostScale - attempt)));
            var (d, dmin, error) = block.Settle(found, below, start);
            if (error >= lowest)
                continue;
            (best, lowest) = ((d, dmin), error);
            triedScales.CopyTo(scales);
            triedMinima.CopyTo(minima);
        }
        for (var g = 0; g < scales.Length; g++)
            BlockFit.Codes(block.Group(g), best.D * scales[g], -(best.Dmin * minima[g]), 0, most, codes.Slice(g * block.length, block.length));
        return best;
    }

    private readonly ReadOnlySpan<float> Group(int g) => values.Slice(g * length, length);

    private readonly (float D, float Dmin, float Error) Settle(ReadOnlySpan<float> found, ReadOnlySpan<float> below, (float D, float Dmin) start)
    {
        for (var g = 0; g < scales.Length; g++)
        {
            scales[g] = (byte)Math.Clamp(MathF.Round(found[g] * Scale.Inverse(start.D)), 0, mostScale);
            minima[g] = (byte)Math.Clamp(MathF.Round(below[g] * Scale.Inverse(start.Dmin)), 0, mostScale);
        }
        var error = Walk(start);
        var fitted = Refit(start);
        var then = Total(fitted);
        if (then >= error)
            return (start.D, start.Dmin, error);
        return (fitted.D, fitted.Dmin, Walk(fitted));
    }

    /// <summary>Moves each group's pair to the best of its neighbours until none is better. Returns the block's error.</summary>
    private readonly float Walk((float D, float Dmin) of)
    {
        var total = 0f;
        for (var g = 0; g < scales.Length; g++)
        {
            var x = Group(g);
            var here = Error(x, of, scales[g], minima[g]);
            for (var step = 0; step < MostSteps && Step(x, of, ref scales[g], ref minima[g], ref here); step++)
            {
            }
            total += here;
        }
        return total;
    }

    private readonly bool Step(ReadOnlySpan<float> x, (float D, float Dmin) of, ref byte scale, ref byte minimum, ref float here)
    {
        var (fromS, fromT) = (scale, minimum);
        for (var s = Math.Max(fromS - 1, 0); s <= Math.Min(fromS + 1, mostScale); s++)
        {
            for (var t = Math.Max(fromT - 1, 0); t <= Math.Min(fromT + 1, mostScale); t++)
            {
                var error = Error(x, of, s, t);
                if (error < here)
                    (scale, minimum, here) = ((byte)s, (byte)t, error);
            }
        }
        return (scale, minimum) != (fromS, fromT);
    }

    private readonly float Error(ReadOnlySpan<float> x, (float D, float Dmin) of, int s, int t) =>
        BlockFit.Error(x, of.D * s, -(of.Dmin * t), 0, most);

    private readonly float Total((float D, float Dmin) of)
    {
        var total = 0f;
        for (var g = 0; g < scales.Length; g++)
            total += Error(Group(g), of, scales[g], minima[g]);
        return total;
    }

    /// <summary>The d and dmin that are best (least squares) for these pairs and their codes, as float16.</summary>
    private readonly (float D, float Dmin) Refit((float D, float Dmin) of)
    {
        Span<byte> codes = stackalloc byte[length];
        double aa = 0, ab = 0, bb = 0, ax = 0, bx = 0;
        for (var g = 0; g < scales.Length; g++)
        {
            var x = Group(g);
            BlockFit.Codes(x, of.D * scales[g], -(of.Dmin * minima[g]), 0, most, codes);
            double b = -minima[g];
            for (var i = 0; i < length; i++)
            {
                double a = scales[g] * codes[i];
                (aa, ab, bb, ax, bx) = (aa + (a * a), ab + (a * b), bb + (b * b), ax + (a * x[i]), bx + (b * x[i]));
            }
        }
        var determinant = (aa * bb) - (ab * ab);
        if (determinant <= 1e-9 * aa * bb)
            return (aa > 0 && bb == 0 ? GroupScales.Stored((float)(ax / aa)) : of.D, of.Dmin);
        var (d, dmin) = (((ax * bb) - (bx * ab)) / determinant, ((bx * aa) - (ax * ab)) / determinant);
        return d > 0 && dmin >= 0 ? (GroupScales.Stored((float)d), GroupScales.Stored((float)dmin)) : of;
    }
}

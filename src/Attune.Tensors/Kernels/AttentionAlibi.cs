namespace Attune.Tensors.Kernels;

/// <summary>Linear biases by distance (Press et al., "Train Short, Test Long", 2022, section 3): score −= slope of the head · (query − key).</summary>
public static unsafe class AttentionAlibi
{
    /// <summary>
    /// The slopes of <paramref name="heads"/> heads: 2^(−largest·i/n), i = 1…n, for the power of two n next below or equal; then every second of 2n heads'.
    /// </summary>
    /// <param name="heads">At least 1.</param>
    /// <param name="largest">The exponent of the last slope; 8 in the paper.</param>
    public static float[] Slopes(int heads, double largest = 8)
    {
        var whole = 1;
        while (whole * 2 <= heads)
            whole *= 2;
        var slopes = new float[heads];
        for (var h = 0; h < heads; h++)
            slopes[h] = (float)Math.Pow(2, h < whole ? -largest * (h + 1) / whole : -largest * (2 * (h - whole) + 1) / (2 * whole));
        return slopes;
    }

    /// <summary>
    /// table[h, c] = slopes[h] · (c − zero): for <see cref="AttentionBias.OfDistances"/> where column <paramref name="zero"/> is distance 0, or with 0 for
    /// <see cref="AttentionBias.OfKeys"/>, which differs by a number for each query only, so by rounding.
    /// </summary>
    public static void Fill(ReadOnlySpan<float> slopes, Tensor table, int zero)
    {
        for (var h = 0; h < table.Rows; h++)
            for (var c = 0; c < table.Columns; c++)
                table.Row(h)[c] = slopes[h] * (c - zero);
    }
}

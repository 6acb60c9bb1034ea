namespace Attune.Reproductions;

/// <summary>
/// A decoder with weights set by hand, in float64: the block of Akyürek et al. (2023, equations 2 to 4), a = Σ heads, h ← W₂σ(W₁λ(a + h)) + a + h, with λ LayerNorm (gain 1, no bias) and σ either GELU
/// or a product of two linear maps.
/// </summary>
internal sealed class HandTransformer(IReadOnlyList<HandBlock> blocks, bool bilinear)
{
    private const double Epsilon = 1e-5;

    /// <summary>The stream behind the last block.</summary>
    /// <param name="tokens">[tokens][width]; not changed.</param>
    public double[][] Run(double[][] tokens)
    {
        var stream = tokens.Select(t => t.ToArray()).ToArray();
        foreach (var block in blocks)
        {
            Attend(block, stream);
            foreach (var h in stream)
                Feed(block, h);
        }
        return stream;
    }

    private static void Attend(HandBlock block, double[][] stream)
    {
        var added = stream.Select(h => new double[h.Length]).ToArray();
        foreach (var head in block.Heads)
        {
            var keys = stream.Select(h => Product(head.Key, h)).ToArray();
            var values = stream.Select(h => Product(head.Value, h)).ToArray();
            for (var i = 0; i < stream.Length; i++)
            {
                var query = Product(head.Query, stream[i]);
                var scores = keys.Take(i + 1).Select(k => LinearRegressor.Dot(query, k)).ToArray();
                var most = scores.Max();
                var weights = scores.Select(s => Math.Exp(s - most)).ToArray();
                var total = weights.Sum();
                for (var t = 0; t <= i; t++)
                    AddScaled(added[i], values[t], weights[t] / total);
            }
        }
        for (var i = 0; i < stream.Length; i++)
            AddScaled(stream[i], added[i], 1);
    }

    private void Feed(HandBlock block, double[] h)
    {
        var z = Normed(h);
        AddScaled(h, block.Bias, 1);
        foreach (var unit in block.Units)
        {
            var a = LinearRegressor.Dot(unit.A, z) + unit.AOffset;
            AddScaled(h, unit.Output, bilinear ? a * (LinearRegressor.Dot(unit.B, z) + unit.BOffset) : Gelu(a));
        }
    }

    /// <summary>x·Φ(x).</summary>
    internal static double Gelu(double x) => 0.5 * x * MathNet.Numerics.SpecialFunctions.Erfc(-x / Math.Sqrt(2));

    /// <summary>√(π/2)/C²·(gelu(C(x + y)) − gelu(Cx) − gelu(Cy)) = xy(1 + O(C²)).</summary>
    internal static double GeluProduct(double x, double y, double scale) =>
        Math.Sqrt(Math.PI / 2) / (scale * scale) * (Gelu(scale * (x + y)) - Gelu(scale * x) - Gelu(scale * y));

    private static double[] Normed(double[] h)
    {
        var mean = h.Average();
        var variance = h.Sum(v => (v - mean) * (v - mean)) / h.Length;
        var scale = 1 / Math.Sqrt(variance + Epsilon);
        return [.. h.Select(v => (v - mean) * scale)];
    }

    private static double[] Product(double[,] matrix, double[] h)
    {
        var y = new double[matrix.GetLength(0)];
        for (var r = 0; r < y.Length; r++)
            for (var c = 0; c < h.Length; c++)
                if (matrix[r, c] != 0)
                    y[r] += matrix[r, c] * h[c];
        return y;
    }

    private static void AddScaled(double[] y, double[] x, double s)
    {
        for (var i = 0; i < y.Length; i++)
            y[i] += s * x[i];
    }
}

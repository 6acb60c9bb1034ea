using Attune.Tensors;

namespace Attune.Reproductions;

/// <summary>
/// Standard normal numbers, several times faster than <see cref="SeededRandom.NextNormal"/>: the ziggurat of 128 layers of equal area (Marsaglia and Tsang 2000, in
/// Doornik's 2005 form, where layer and place come from different bits). Small learners draw more numbers in a step than they compute.
/// </summary>
public sealed class NormalStream(SeededRandom random)
{
    private const int Layers = 128;

    /// <summary>Where the lowest layer ends and the tail begins, and the area of a layer, for 128 of them.</summary>
    private const double TailStart = 3.442619855899, Area = 9.91256303526217e-3;

    private static readonly double[] Edges = MakeEdges();
    private static readonly double[] Inner = [.. Enumerable.Range(0, Layers).Select(i => Edges[i + 1] / Edges[i])];

    public double Next()
    {
        while (true)
        {
            var bits = random.NextUInt64();
            var layer = (int)(bits & (Layers - 1));
            var u = (bits >> 11) * (2.0 / (1UL << 53)) - 1;
            // Most draws lie in the part of the layer that is under the curve for certain.
            if (Math.Abs(u) < Inner[layer])
                return u * Edges[layer];
            if (layer == 0)
                return Tail(u < 0);
            var x = u * Edges[layer];
            double low = Density(Edges[layer], x), high = Density(Edges[layer + 1], x);
            if (high + random.NextDouble() * (low - high) < 1)
                return x;
        }
    }

    /// <summary>Fills <paramref name="values"/> with N(0, <paramref name="deviation"/>²).</summary>
    public void Fill(Span<float> values, double deviation)
    {
        foreach (ref var value in values)
            value = (float)(Next() * deviation);
    }

    /// <summary>The density at an edge over that at x.</summary>
    private static double Density(double edge, double x) => Math.Exp(-0.5 * (edge * edge - x * x));

    /// <summary>Beyond the lowest layer (Marsaglia 1964).</summary>
    private double Tail(bool negative)
    {
        double x, y;
        do
        {
            x = Math.Log(1 - random.NextDouble()) / TailStart;
            y = Math.Log(1 - random.NextDouble());
        }
        while (-2 * y < x * x);
        return negative ? x - TailStart : TailStart - x;
    }

    private static double[] MakeEdges()
    {
        var edges = new double[Layers + 1];
        var density = Math.Exp(-0.5 * TailStart * TailStart);
        edges[0] = Area / density;
        edges[1] = TailStart;
        for (var i = 2; i < Layers; i++)
        {
            edges[i] = Math.Sqrt(-2 * Math.Log(Area / edges[i - 1] + density));
            density = Math.Exp(-0.5 * edges[i] * edges[i]);
        }
        return edges;
    }
}

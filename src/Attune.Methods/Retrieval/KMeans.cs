using Attune.Tensors;

namespace Attune.Methods.Retrieval;

/// <summary>
/// k-means by Lloyd's iteration: each point to the nearest centre (the lower on a tie), each centre to its points' mean, until no point
/// changes its centre. A centre without points stays where it is.
/// </summary>
/// <param name="Labels">The centre of each point.</param>
/// <param name="Centres">[k][dimension].</param>
/// <param name="Inertia">Σ ‖point − its centre‖².</param>
/// <param name="Iterations">Rounds of assignment and mean, the last one, which changes nothing, included.</param>
public sealed record KMeans(int[] Labels, double[][] Centres, double Inertia, int Iterations)
{
    /// <summary>From given centres.</summary>
    public static KMeans Fit(PointSet points, IReadOnlyList<double[]> initial, int mostIterations = 300)
    {
        var centres = initial.Select(c => (double[])c.Clone()).ToArray();
        var labels = new int[points.Count];
        Array.Fill(labels, -1);
        var iterations = 0;
        var changed = true;
        while (changed && iterations < mostIterations)
        {
            iterations++;
            changed = Assign(points, centres, labels);
            MoveToMeans(points, centres, labels);
        }
        // Without convergence the labels are one step behind the centres.
        if (changed)
            Assign(points, centres, labels);
        var inertia = 0.0;
        for (var i = 0; i < labels.Length; i++)
            inertia += VectorMeasures.SquaredDistance(points[i], centres[labels[i]]);
        return new KMeans(labels, centres, inertia, iterations);
    }

    /// <summary>From centres drawn by k-means++ (Arthur and Vassilvitskii 2007): each next one with probability proportional to its squared distance.</summary>
    public static KMeans Fit(PointSet points, int k, SeededRandom random, int mostIterations = 300)
    {
        if (k < 1 || k > points.Count)
            throw new AttuneException($"{k} clusters were asked for but there are {points.Count} points; ask for between 1 and {points.Count}");
        var centres = new List<double[]> { points[random.Next(points.Count)].ToArray() };
        var distances = new double[points.Count];
        Array.Fill(distances, double.PositiveInfinity);
        while (centres.Count < k)
        {
            for (var i = 0; i < distances.Length; i++)
                distances[i] = Math.Min(distances[i], VectorMeasures.SquaredDistance(points[i], centres[^1]));
            centres.Add(points[Draw(distances, random)].ToArray());
        }
        return Fit(points, centres, mostIterations);
    }

    private static int Draw(double[] weights, SeededRandom random)
    {
        var left = random.NextDouble() * weights.Sum();
        for (var i = 0; i < weights.Length; i++)
            if (weights[i] > 0 && (left -= weights[i]) < 0)
                return i;
        // All points are centres already (duplicates), or rounding: any point will do.
        return random.Next(weights.Length);
    }

    private static bool Assign(PointSet points, double[][] centres, int[] labels)
    {
        var changed = false;
        for (var i = 0; i < labels.Length; i++)
        {
            var (best, least) = (0, double.PositiveInfinity);
            for (var c = 0; c < centres.Length; c++)
                if (VectorMeasures.SquaredDistance(points[i], centres[c]) is var d && d < least)
                    (best, least) = (c, d);
            changed |= labels[i] != best;
            labels[i] = best;
        }
        return changed;
    }

    private static void MoveToMeans(PointSet points, double[][] centres, int[] labels)
    {
        var sums = centres.Select(c => new double[c.Length]).ToArray();
        var counts = new int[centres.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            counts[labels[i]]++;
            for (var j = 0; j < points.Dimension; j++)
                sums[labels[i]][j] += points[i][j];
        }
        for (var c = 0; c < centres.Length; c++)
            for (var j = 0; j < points.Dimension && counts[c] > 0; j++)
                centres[c][j] = sums[c][j] / counts[c];
    }
}

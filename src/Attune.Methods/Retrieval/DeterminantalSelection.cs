namespace Attune.Methods.Retrieval;

/// <summary>
/// Greedy choice of a set S that makes ln det L_S large, by a Cholesky factor that grows a row with each choice (Chen et al. 2018):
/// alike points add little. It stops where the next gain is not above ln 1e-10, which is where the kernel's rank is used up.
/// </summary>
/// <param name="Chosen">Indices in the order of choice.</param>
/// <param name="LogGains">What each choice added to ln det L_S.</param>
public sealed record DeterminantalSelection(int[] Chosen, double[] LogGains)
{
    private const double LeastGain = 1e-10;

    /// <param name="kernel">L, symmetric and positive semi-definite, [n][n].</param>
    public static DeterminantalSelection Choose(IReadOnlyList<double[]> kernel, int count)
    {
        var n = kernel.Count;
        var gains = new double[n];
        for (var i = 0; i < n; i++)
            gains[i] = kernel[i][i];
        var rows = new List<double[]>();
        var taken = new bool[n];
        var (chosen, logs) = (new List<int>(), new List<double>());
        while (chosen.Count < Math.Min(count, n))
        {
            var best = Ranking.Best(gains, taken);
            if (gains[best] <= LeastGain)
                break;
            taken[best] = true;
            chosen.Add(best);
            logs.Add(Math.Log(gains[best]));
            Extend(kernel[best], rows, gains, best);
        }
        return new DeterminantalSelection([.. chosen], [.. logs]);
    }

    private static void Extend(double[] kernelRow, List<double[]> rows, double[] gains, int best)
    {
        var root = Math.Sqrt(gains[best]);
        var row = new double[kernelRow.Length];
        for (var i = 0; i < row.Length; i++)
        {
            var shared = 0.0;
            foreach (var earlier in rows)
                shared += earlier[best] * earlier[i];
            row[i] = (kernelRow[i] - shared) / root;
        }
        rows.Add(row);
        for (var i = 0; i < gains.Length; i++)
            gains[i] -= row[i] * row[i];
    }
}

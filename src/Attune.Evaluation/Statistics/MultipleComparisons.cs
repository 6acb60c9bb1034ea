namespace Attune.Evaluation.Statistics;

/// <summary>Adjusted p-values for a family of tests, each in the place of the p-value it adjusts. An empty family stays empty.</summary>
public static class MultipleComparisons
{
    /// <summary>Holm (1979), holds the chance of any false claim: the running maximum of (m − i)·p over p ascending, i from 0, at most 1.</summary>
    public static double[] Holm(ReadOnlySpan<double> p)
    {
        var order = Ascending(p);
        var adjusted = new double[p.Length];
        var running = 0.0;
        for (var i = 0; i < order.Length; i++)
        {
            running = Math.Max(running, Math.Min(1, (order.Length - i) * p[order[i]]));
            adjusted[order[i]] = running;
        }
        return adjusted;
    }

    /// <summary>Holm's correction over the p-values of a family of differences.</summary>
    public static double[] Holm(IReadOnlyList<BootstrapDifference> family) => Holm(family.Select(d => d.P).ToArray());

    /// <summary>Benjamini and Hochberg (1995), holds the share of false claims: the running minimum of p·m/i over p descending, i from m.</summary>
    public static double[] BenjaminiHochberg(ReadOnlySpan<double> p)
    {
        var order = Ascending(p);
        var adjusted = new double[p.Length];
        var running = 1.0;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            running = Math.Min(running, p[order[i]] * order.Length / (i + 1));
            adjusted[order[i]] = running;
        }
        return adjusted;
    }

    private static int[] Ascending(ReadOnlySpan<double> p)
    {
        foreach (var value in p)
            Require.Range("MultipleComparisons", "a p-value", value, 0, 1);
        var order = Ranks.Order(p.Length);
        Array.Sort(p.ToArray(), order);
        return order;
    }
}

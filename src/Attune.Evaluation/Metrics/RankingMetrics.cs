namespace Attune.Evaluation.Metrics;

/// <summary>
/// Metrics of one query's ranking. <c>grades</c> are the relevance grades of the ranked items, best rank first (0 is
/// irrelevant); <c>relevant</c> are the grades of all relevant items, ranked or not. A query for which nothing is relevant has
/// no value and throws: leave it out of the mean and say so.
/// </summary>
public static class RankingMetrics
{
    /// <summary>nDCG at k (Järvelin and Kekäläinen 2002) with gain g: Σ g/log₂(rank + 1) over the first k, divided by its largest value.</summary>
    public static double NdcgLinear(ReadOnlySpan<double> grades, ReadOnlySpan<double> relevant, int k) => Ndcg(grades, relevant, k, g => g);

    /// <summary>nDCG at k with gain 2^g − 1 (Burges et al. 2005).</summary>
    public static double NdcgExponential(ReadOnlySpan<double> grades, ReadOnlySpan<double> relevant, int k) => Ndcg(grades, relevant, k, g => Math.Pow(2, g) - 1);

    /// <summary>The share of all relevant items that the first k hold.</summary>
    public static double Recall(ReadOnlySpan<double> grades, ReadOnlySpan<double> relevant, int k)
    {
        Check(relevant, k);
        return Found(grades, k) / (double)Found(relevant, relevant.Length);
    }

    /// <summary>Relevant items among the first k, divided by k even where fewer are ranked.</summary>
    public static double Precision(ReadOnlySpan<double> grades, ReadOnlySpan<double> relevant, int k)
    {
        Check(relevant, k);
        return Found(grades, k) / (double)k;
    }

    /// <summary>1/rank of the first relevant item, 0 where none is ranked; no cut-off.</summary>
    public static double ReciprocalRank(ReadOnlySpan<double> grades, ReadOnlySpan<double> relevant)
    {
        Check(relevant, 1);
        for (var i = 0; i < grades.Length; i++)
        {
            if (grades[i] > 0)
                return 1.0 / (i + 1);
        }
        return 0;
    }

    /// <summary>Σ of precision at the rank of each relevant item, divided by the count of all relevant items; no cut-off.</summary>
    public static double AveragePrecision(ReadOnlySpan<double> grades, ReadOnlySpan<double> relevant)
    {
        Check(relevant, 1);
        var (sum, found) = (0.0, 0);
        for (var i = 0; i < grades.Length; i++)
        {
            if (grades[i] > 0)
                sum += ++found / (i + 1.0);
        }
        return sum / Found(relevant, relevant.Length);
    }

    private static double Ndcg(ReadOnlySpan<double> grades, ReadOnlySpan<double> relevant, int k, Func<double, double> gain)
    {
        Check(relevant, k);
        var ideal = relevant.ToArray();
        Array.Sort(ideal);
        Array.Reverse(ideal);
        return Discounted(grades, k, gain) / Discounted(ideal, k, gain);
    }

    private static double Discounted(ReadOnlySpan<double> grades, int k, Func<double, double> gain)
    {
        var sum = 0.0;
        for (var i = 0; i < Math.Min(k, grades.Length); i++)
            sum += gain(grades[i]) / Math.Log2(i + 2);
        return sum;
    }

    private static int Found(ReadOnlySpan<double> grades, int k)
    {
        var found = 0;
        for (var i = 0; i < Math.Min(k, grades.Length); i++)
            found += grades[i] > 0 ? 1 : 0;
        return found;
    }

    private static void Check(ReadOnlySpan<double> relevant, int k)
    {
        Require.AtLeast("RankingMetrics: k", k, 1);
        if (Found(relevant, relevant.Length) == 0)
            throw Require.Wrong($"RankingMetrics: nothing is relevant to this query, expected a relevant item; leave the query out and say so");
    }
}

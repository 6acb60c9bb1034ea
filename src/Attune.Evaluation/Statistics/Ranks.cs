namespace Attune.Evaluation.Statistics;

/// <summary>Ranks from 1; values that tie share the mean of the ranks they span.</summary>
internal static class Ranks
{
    public static double[] Of(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        var order = Order(values.Length);
        Array.Sort(sorted, order);
        var ranks = new double[values.Length];
        for (var start = 0; start < sorted.Length;)
        {
            var end = EndOfTie(sorted, start);
            for (var i = start; i < end; i++)
                ranks[order[i]] = (start + end + 1) / 2.0;
            start = end;
        }
        return ranks;
    }

    /// <summary>Σ f(t) over the groups of equal values, t the size of a group.</summary>
    public static double SumOverTies(ReadOnlySpan<double> values, Func<double, double> f)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var sum = 0.0;
        for (var start = 0; start < sorted.Length;)
        {
            var end = EndOfTie(sorted, start);
            sum += f(end - start);
            start = end;
        }
        return sum;
    }

    public static int[] Order(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        return order;
    }

    private static int EndOfTie(double[] sorted, int start)
    {
        var end = start + 1;
        while (end < sorted.Length && sorted[end] == sorted[start])
            end++;
        return end;
    }
}

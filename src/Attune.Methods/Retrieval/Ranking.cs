namespace Attune.Methods.Retrieval;

/// <summary>Choosing the best of scores. Scores that agree to 12 decimals tie, and ties go to the lower index, so rounding in the last bits decides nothing.</summary>
public static class Ranking
{
    private const int Decimals = 12;

    /// <summary>Indices of the <paramref name="count"/> largest scores (all, if there are fewer), best first.</summary>
    public static int[] Top(ReadOnlySpan<double> scores, int count)
    {
        var keys = new double[scores.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = -Rounded(scores[i]);
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (a, b) => keys[a].CompareTo(keys[b]) is var c && c != 0 ? c : a.CompareTo(b));
        return order[..Math.Min(Math.Max(0, count), order.Length)];
    }

    /// <summary>Index of the largest score that is not taken; −1 if all are.</summary>
    internal static int Best(ReadOnlySpan<double> scores, ReadOnlySpan<bool> taken)
    {
        var best = -1;
        for (var i = 0; i < scores.Length; i++)
            if (!taken[i] && (best < 0 || Rounded(scores[i]) > Rounded(scores[best])))
                best = i;
        return best;
    }

    internal static double Rounded(double x) => Math.Abs(x) < 1e3 ? Math.Round(x, Decimals) : x;
}

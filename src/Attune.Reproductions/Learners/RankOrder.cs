using Attune.Evaluation.Metrics;

namespace Attune.Reproductions;

/// <summary>How far one column rises with another.</summary>
public static class RankOrder
{
    /// <summary>Spearman's correlation, from −1 to 1; 0 where a column is constant, which is no order.</summary>
    public static double Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Correlation.Spearman(x, y) is var rank && double.IsNaN(rank) ? 0 : rank;
}

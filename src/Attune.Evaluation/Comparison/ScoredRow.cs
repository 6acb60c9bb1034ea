using Attune.Evaluation.Metrics;
using Attune.Evaluation.Statistics;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>A method at a budget with what each test row of each seed scored.</summary>
/// <param name="Place">Its place in the plan, the last resort of an order.</param>
internal sealed record ScoredRow(string Method, string Shots, int Place, Objective Objective, IReadOnlyList<CellResult> Cells, IReadOnlyList<SeedScores> Seeds)
{
    public string Name => $"{Method}/{Shots}";

    /// <summary>The mean over seeds.</summary>
    public double Score { get; } = Seeds.Average(s => s.Score);

    /// <summary>How good, the larger the better, whatever the objective.</summary>
    public double Merit => Worth(Score);

    public double QueryFlops => Cells.Average(c => c.QueryFlops);

    public double QueryMilliseconds => Cells.Average(c => c.QueryMilliseconds);

    public double Worth(double score) => Objective == Objective.Nll ? -score : score;

    /// <summary>The mean over the seeds that have such rows; null if none has.</summary>
    public double? ScoreOver(Func<string, bool> keep)
    {
        var parts = Seeds.Select(s => s.Where(keep)).OfType<SeedScores>().ToArray();
        return parts.Length == 0 ? null : parts.Average(p => p.Score);
    }

    public BootstrapInterval Interval() => Objective == Objective.MacroF1
        ? TwoLevelBootstrap.Statistic([.. Seeds.Select(s => s.Gold)], [.. Seeds.Select(s => s.Predicted)], MacroF1, Random("interval"))
        : TwoLevelBootstrap.Mean([.. Seeds.Select(s => s.Values)], Random("interval"));

    /// <summary>This less the other, paired by seed and row; null where no seed has rows of both.</summary>
    public BootstrapDifference? Minus(ScoredRow other)
    {
        var pairs = Seeds.Join(other.Seeds, s => s.Seed, s => s.Seed, Pair).Where(p => p.Own is not null).ToArray();
        if (pairs.Length == 0)
            return null;
        var random = Random($"minus {other.Name}");
        return Objective == Objective.MacroF1
            ? TwoLevelBootstrap.StatisticDifference([.. pairs.Select(p => p.Own!.Gold)], [.. pairs.Select(p => p.Other!.Predicted)], [.. pairs.Select(p => p.Own!.Predicted)], MacroF1, random)
            : TwoLevelBootstrap.Difference([.. pairs.Select(p => p.Other!.Values)], [.. pairs.Select(p => p.Own!.Values)], random);
    }

    private static (SeedScores? Own, SeedScores? Other) Pair(SeedScores own, SeedScores other)
    {
        if (own.Ids.AsSpan().SequenceEqual(other.Ids))
            return (own, other);
        var shared = own.Ids.Intersect(other.Ids, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        return (own.Where(shared.Contains), other.Where(shared.Contains));
    }

    private double MacroF1(ReadOnlySpan<int> gold, ReadOnlySpan<int> predicted) => ClassificationMetrics.MacroF1(gold, predicted, Seeds[0].Classes);

    /// <summary>A stream of its own, so that a row's interval does not depend on which others there are.</summary>
    private SeededRandom Random(string purpose) => new SeededRandom(0).Fork("summary").Fork($"{Name} {purpose}");
}

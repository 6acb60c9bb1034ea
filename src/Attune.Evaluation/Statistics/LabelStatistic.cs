namespace Attune.Evaluation.Statistics;

/// <summary>A statistic of predicted against gold class indices, row by row: accuracy, macro-F1 and the like.</summary>
public delegate double LabelStatistic(ReadOnlySpan<int> gold, ReadOnlySpan<int> predicted);

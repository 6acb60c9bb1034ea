namespace Attune.Evaluation.Statistics;

/// <summary>A statistic over all seeds and rows, and its percentile interval.</summary>
public readonly record struct BootstrapInterval(double Estimate, double Low, double High);

namespace Attune.Evaluation.Statistics;

/// <summary>A paired difference over all seeds and rows, its percentile interval, and the two-sided p-value of its being 0.</summary>
public readonly record struct BootstrapDifference(double Estimate, double Low, double High, double P);

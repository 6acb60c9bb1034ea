namespace Attune.Evaluation.Statistics;

/// <summary>What a hypothesis test found: its statistic, its p-value, and its degrees of freedom (NaN where it has none).</summary>
public readonly record struct TestResult(double Statistic, double P, double DegreesOfFreedom = double.NaN);

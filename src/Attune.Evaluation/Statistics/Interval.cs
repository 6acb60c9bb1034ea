namespace Attune.Evaluation.Statistics;

/// <summary>A closed interval from <paramref name="Low"/> to <paramref name="High"/>, in the units of what it bounds.</summary>
public readonly record struct Interval(double Low, double High);

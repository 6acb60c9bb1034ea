namespace Attune.Evaluation.Statistics;

/// <summary>A bias-corrected and accelerated interval, with its correction z0 and its acceleration.</summary>
public readonly record struct BcaInterval(Interval Interval, double Z0, double Acceleration);

namespace Attune.Evaluation.Reports;

/// <summary>A mark on an axis: where it stands, 0 at the axis's start and 1 at its end, and what is written there.</summary>
internal readonly record struct Tick(double Share, string Label);

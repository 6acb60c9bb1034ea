namespace Attune.Training.Pretraining;

/// <summary>An evaluation while training.</summary>
public sealed record EvaluationPoint(int Step, IReadOnlyList<HeldOutResult> Sets);

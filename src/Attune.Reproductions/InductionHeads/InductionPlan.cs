namespace Attune.Reproductions.InductionHeads;

/// <summary>One training: on what, how long, and how often it is looked at.</summary>
/// <param name="Scalar">The model of two attention numbers instead of the net.</param>
/// <param name="Rate">Of plain SGD.</param>
/// <param name="Every">Steps between two looks.</param>
/// <param name="Tests">Sequences of each kind at a look.</param>
public sealed record InductionPlan(BurstSetting Task, bool Scalar, int Steps, double Rate, int Every, int Tests = 512, int Batch = 128, int ClassifierWidth = 128);

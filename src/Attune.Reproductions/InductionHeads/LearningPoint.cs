namespace Attune.Reproductions.InductionHeads;

/// <summary>What a net can do at a moment of its training, and what its attention does.</summary>
/// <param name="InContext">IC accuracy.</param>
/// <param name="Shifted">IC2 accuracy.</param>
/// <param name="InWeights">IWL accuracy.</param>
/// <param name="AnyContextLabel">CLA: probability given to the labels in the context, on novel classes.</param>
/// <param name="PreviousItem">ILA1 on novel classes.</param>
/// <param name="TargetToLabels">TLA2 on novel classes.</param>
/// <param name="TargetToCorrect">TILA2 on novel classes.</param>
public sealed record LearningPoint(int Step, double InContext, double Shifted, double InWeights, double AnyContextLabel, double PreviousItem, double TargetToLabels, double TargetToCorrect);

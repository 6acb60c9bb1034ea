namespace Attune.Training.Pretraining;

/// <summary>Means over some steps in a row.</summary>
/// <param name="Step">The last of them.</param>
/// <param name="Loss">Mean −ln p over all predicted tokens, in nats.</param>
/// <param name="LabelLoss">The same over the tokens of labels; NaN where there was none.</param>
/// <param name="Norm">L2 norm of all gradients together, before clipping.</param>
/// <param name="Rate">Learning rate.</param>
public sealed record CurvePoint(int Step, double Loss, double LabelLoss, double Norm, double Rate);

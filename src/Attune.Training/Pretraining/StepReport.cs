namespace Attune.Training.Pretraining;

/// <summary>What a step reports.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Steps">Steps of the plan.</param>
/// <param name="Loss">Mean −ln p over all predicted tokens of the step.</param>
/// <param name="LabelLoss">The same over the tokens of labels; NaN without any.</param>
/// <param name="Norm">L2 norm of all gradients together, before clipping.</param>
/// <param name="Tokens">Tokens of the step.</param>
/// <param name="Operations">Float operations that the model itself needs for the step: 6 for each weight of a map and token, and those of attention.</param>
/// <param name="Seconds">Time that the step took.</param>
public readonly record struct StepReport(int Step, int Steps, double Loss, double LabelLoss, double Norm, double Rate, int Tokens, double Operations, double Seconds);

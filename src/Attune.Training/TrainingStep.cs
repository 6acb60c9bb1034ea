namespace Attune.Training;

/// <summary>What a step reports.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean loss of the step's items.</param>
/// <param name="GradientNorm">L2 norm of all gradients together, before clipping.</param>
/// <param name="Rate">Learning rate used.</param>
public readonly record struct TrainingStep(int Step, int Steps, int Epoch, double Loss, double GradientNorm, double Rate);

namespace Attune.Training.Pretraining;

/// <summary>What a training gave.</summary>
/// <param name="Step">The last step done.</param>
/// <param name="ModelFolder">The model in Hugging Face layout.</param>
/// <param name="Seconds">Time of all steps and evaluations so far, resumed parts included.</param>
public sealed record PretrainingResult(int Step, int Steps, long Tokens, long Parameters, string ModelFolder, TrainingCurves Curves, double Seconds);

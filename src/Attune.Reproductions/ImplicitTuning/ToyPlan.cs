namespace Attune.Reproductions.ImplicitTuning;

/// <summary>Size and training of a toy language model.</summary>
/// <param name="Length">Bytes of a window.</param>
/// <param name="Batch">Windows in a step.</param>
/// <param name="Rate">AdamW's highest rate.</param>
internal sealed record ToyPlan(int Layers, int Width, int Length, int Batch, int Steps, double Rate);

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>Size and training of a toy language model.</summary>
/// <param name="Length">Bytes of a window.</param>
/// <param name="Batch">Windows in a step.</param>
/// <param name="Rate">AdamW's highest rate.</param>
internal sealed record ToyPlan(int Layers, int Width, int Length, int Batch, int Steps, double Rate)
{
    /// <summary>η of momentum that are tried.</summary>
    public IReadOnlyList<double> Decays { get; init; } = [0.3, 0.6, 0.9];

    /// <summary>Bytes of the parts on which the decay is chosen and on which both are measured.</summary>
    public int HeldBytes { get; init; } = 100_000;
}

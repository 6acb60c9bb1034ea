namespace Attune.Tensors.Kernels;

/// <summary>What gated linear attention reads: q, k and gates [M, H·K], v [M, H·V], sequences by their offsets.</summary>
internal unsafe struct GatedHeads
{
    public Tensor Q, K, V, G;
    public int* Offsets;
    public int Sequences, Heads;

    public readonly int KeyWidth => K.Columns / Heads;

    public readonly int ValueWidth => V.Columns / Heads;

    /// <summary>The rows and the head of a work item.</summary>
    public readonly (int Start, int End, int Head) Range(int item) => (Offsets[item / Heads], Offsets[item / Heads + 1], item % Heads);
}

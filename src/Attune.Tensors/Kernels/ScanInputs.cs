namespace Attune.Tensors.Kernels;

/// <summary>What a selective scan reads: u and Δ [M, D], A [D, N], B and C [M, N], D [1, D] or empty, and the lengths of the sequences.</summary>
internal unsafe struct ScanInputs
{
    public Tensor U, Delta, A, B, C, Skip;
    public int* Lengths;
    public int Sequences;
}

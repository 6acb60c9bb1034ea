namespace Attune.Tensors.Kernels;

/// <summary>Where a selective scan's gradients go; null where one is not wanted, B and C always there, once for each block of channels.</summary>
internal unsafe struct ScanGradients
{
    public float* U, Delta, A, B, C, Skip;
}

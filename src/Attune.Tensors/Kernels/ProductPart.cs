namespace Attune.Tensors.Kernels;

/// <summary>A product with one matrix, ready to be shared out: <see cref="Kernel"/>(matrix, <see cref="Job"/>, item, worker) for each item.</summary>
internal unsafe struct ProductPart
{
    public delegate*<object?, void*, int, int, void> Kernel;
    public void* Job;
    public int Items;
}

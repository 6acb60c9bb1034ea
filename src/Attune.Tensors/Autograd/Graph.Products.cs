using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>In which numbers a training step multiplies matrices.</summary>
public sealed unsafe partial class Graph
{
    /// <summary>
    /// Products with a weight of which a side is below this are computed in float32 always: rounding would cost more time than it saves. The rows
    /// do not count, or bits would depend on the batch.
    /// </summary>
    private const int LeastBrainSide = 32;

    private readonly Arena rounded = new();

    /// <summary>
    /// Whether a recording graph rounds the factors of products to bfloat16, forward and backward, with sums in float32 (Kalamkar et al. 2019). Weights
    /// and optimizers stay in float32. The bits still depend on neither batch nor threads.
    /// </summary>
    /// <exception cref="AttuneException">The processor or the system has no bfloat16 products.</exception>
    public bool BrainProducts
    {
        get;
        init => field = !value || BrainProduct.IsSupported ? value
            : throw new AttuneException("training in bfloat16 needs a processor with AVX512_BF16 and a system that allows machine code made at run time, which is not so here; train in float32");
    }

    /// <summary>C = A·B or C += A·B, as <see cref="MatrixProduct.Multiply"/>, in the numbers of this graph.</summary>
    /// <param name="ofWeight">Whether C is a weight's gradient, of m × n, and k counts rows; otherwise m counts rows, and the weight has the sides n and k.</param>
    internal void Multiply(int m, int n, int k, float* a, long rowStride, long columnStride, IPanelSource b, float* c, long ldc, bool accumulate, bool ofWeight = false)
    {
        if (Numbers(n, ofWeight ? m : k) == NumberKind.Float32)
        {
            MatrixProduct.Multiply(m, n, k, a, rowStride, columnStride, b, c, ldc, accumulate);
            return;
        }
        BrainProduct.Multiply(m, n, k, a, rowStride, columnStride, b, c, ldc, accumulate, rounded);
        rounded.Reset();
    }

    /// <summary>In which numbers <see cref="Multiply"/> computes a product with a weight of these sides.</summary>
    internal NumberKind Numbers(int outputs, int inputs) =>
        BrainProducts && Math.Min(outputs, inputs) >= LeastBrainSide ? NumberKind.BFloat16 : NumberKind.Float32;
}

namespace Attune.Tensors;

/// <summary>In which numbers products with frozen weights are computed.</summary>
public enum Precision
{
    /// <summary>float32 activations.</summary>
    Exact,

    /// <summary>int8 activations by blocks of 32 under quantised weights, bfloat16 activations under BF16 and F16 weights.</summary>
    Fast,
}

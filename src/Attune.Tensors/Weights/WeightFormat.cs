namespace Attune.Tensors.Weights;

/// <summary>How a matrix's numbers are stored. Blocks hold 32 values along a row, laid out as in GGUF.</summary>
public enum WeightFormat
{
    /// <summary>float32.</summary>
    F32,

    /// <summary>IEEE float16.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a float32.</summary>
    BF16,

    /// <summary>d (f16), 32 signed bytes: w = d·q.</summary>
    Q8_0,

    /// <summary>d (f16), 16 bytes of nibbles (low: values 0–15, high: 16–31): w = d·(q − 8).</summary>
    Q4_0,

    /// <summary>d, m (f16), 16 bytes of nibbles: w = d·q + m.</summary>
    Q4_1,
}

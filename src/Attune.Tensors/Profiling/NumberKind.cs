namespace Attune.Tensors;

/// <summary>In which numbers an operation multiplies, and so which of the processor's limits binds it.</summary>
public enum NumberKind
{
    Float32,

    /// <summary>bfloat16 factors, float32 sums.</summary>
    BFloat16,

    /// <summary>Bytes, whole-number sums.</summary>
    Int8,
}

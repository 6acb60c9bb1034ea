namespace Attune.Tensors;

/// <summary>What one call of an operation has to do.</summary>
/// <param name="Operations">Those of products and attention; none elsewhere, where memory binds.</param>
/// <param name="Bytes">Bytes of weights and activations read and written, each once.</param>
public readonly record struct OperationWork(OperationKind Kind, OperationCount Operations = default, long Bytes = 0)
{
    /// <summary>Work in one kind of numbers.</summary>
    public OperationWork(OperationKind kind, long operations, long bytes, NumberKind numbers = NumberKind.Float32)
        : this(kind, OperationCount.In(numbers, operations), bytes)
    {
    }
}

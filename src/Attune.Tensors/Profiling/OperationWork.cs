namespace Attune.Tensors;

/// <summary>What one call of an operation has to do.</summary>
/// <param name="Operations">Float operations: 2 for each multiply-add of products and attention, 0 elsewhere, where memory binds.</param>
/// <param name="Bytes">Bytes of weights and activations read and written, each once.</param>
public readonly record struct OperationWork(OperationKind Kind, long Operations = 0, long Bytes = 0, NumberKind Numbers = NumberKind.Float32);

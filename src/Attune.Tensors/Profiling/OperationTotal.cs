namespace Attune.Tensors;

/// <summary>All calls of one kind of operation within a <see cref="Profile"/>, where most of a call's operations are in the same numbers.</summary>
/// <param name="Ticks">Time in <see cref="System.Diagnostics.Stopwatch"/> ticks, without that of measured operations inside these.</param>
/// <param name="Operations">See <see cref="OperationWork.Operations"/>.</param>
/// <param name="Bytes">See <see cref="OperationWork.Bytes"/>.</param>
public readonly record struct OperationTotal(OperationKind Kind, NumberKind Numbers, long Calls, long Ticks, OperationCount Operations, long Bytes)
{
    public double Seconds => (double)Ticks / System.Diagnostics.Stopwatch.Frequency;
}

namespace Attune.Tensors.Kernels;

/// <summary>The columns [Start, Start + Count) of a matrix.</summary>
public readonly record struct ColumnRun(int Start, int Count);

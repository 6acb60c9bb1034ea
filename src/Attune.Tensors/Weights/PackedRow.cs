namespace Attune.Tensors.Weights;

/// <summary>Gives the packed bytes of one row of a matrix. Called by several threads at once, for each row once.</summary>
public delegate void PackedRow(int row, Span<byte> packed);

namespace Attune.Tensors.Kernels;

/// <summary>Where a row stands: in which sequence, and at which place of it.</summary>
internal readonly record struct ConvolutionRow(int Sequence, int Place);

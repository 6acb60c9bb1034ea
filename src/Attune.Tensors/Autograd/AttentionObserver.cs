using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>
/// Sees what an attention without a cache is about to compute: <see cref="AttentionProbabilities"/> gives the probabilities of its pairs. The memory of q and k
/// belongs to the graph and lives for the call only.
/// </summary>
public delegate void AttentionObserver(AttentionShape shape, AttentionBias bias, Tensor q, Tensor k, ReadOnlySpan<AttentionRange> ranges);

namespace Attune.Tensors.Autograd;

/// <summary>Part of a graph: who looks at its attention.</summary>
public sealed unsafe partial class Graph
{
    /// <summary>Called at every attention without a cache, in the order of the forward pass; null where nobody asks. A block that is computed again calls it again.</summary>
    public AttentionObserver? AttentionObserver { get; set; }
}

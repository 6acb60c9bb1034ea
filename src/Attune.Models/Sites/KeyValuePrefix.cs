using Attune.Tensors;

namespace Attune.Models.Sites;

/// <summary>
/// Keys and values that stand before every sequence, as prefix tuning has them: for each layer [Length, kvHeads · headDim].
/// The prompt's own tokens then stand at positions Length, Length + 1, …
/// </summary>
public sealed record KeyValuePrefix(int Length, IReadOnlyList<Tensor> Keys, IReadOnlyList<Tensor> Values)
{
    /// <summary>What the tensors' memory belongs to, so that it lives as long as they do.</summary>
    public required object Owner { get; init; }
}

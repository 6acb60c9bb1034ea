using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>
/// Keys and values that stand before every sequence, as prefix tuning has them: for each layer [Length, kvHeads · headDim].
/// The prompt's own tokens then stand at positions Length, Length + 1, …
/// </summary>
public sealed record KeyValuePrefix(int Length, IReadOnlyList<Tensor> Keys, IReadOnlyList<Tensor> Values)
{
    /// <summary>What the tensors' memory belongs to, so that it lives as long as they do.</summary>
    public required object Owner { get; init; }

    /// <summary>
    /// Keys and values of a layer on a graph, where they are trained; null: they are <see cref="Keys"/> and <see cref="Values"/>, which a cache takes
    /// in any case.
    /// </summary>
    public Func<Graph, int, (Tensor Keys, Tensor Values)>? Trained { get; init; }

    internal (Tensor Keys, Tensor Values) At(Graph graph, int layer) => Trained?.Invoke(graph, layer) ?? (Keys[layer], Values[layer]);
}

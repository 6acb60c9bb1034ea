using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Triplets beside maps, their penalty, and while training the allocation of ranks.</summary>
internal sealed class AdaLoraAdapter(AdapterReader reader, IReadOnlyList<AdaLoraTriplets> triplets, float weight) : PeftAdapter(reader)
{
    public IReadOnlyList<AdaLoraTriplets> Triplets => triplets;

    /// <summary>Shares the ranks out while training; null: they stay.</summary>
    public AdaLoraAllocation? Allocation { get; set; }

    /// <summary>The mean distance of factors from orthogonal ones, weighted.</summary>
    public override Tensor? Penalty(Graph graph)
    {
        var sum = triplets[0].Orthogonality(graph);
        foreach (var t in triplets.Skip(1))
            sum = graph.Add(sum, t.Orthogonality(graph));
        return graph.Scale(sum, weight / (2 * triplets.Count));
    }

    public override void BeforeStep() => Allocation?.Mask();

    public override void AfterBackward() => Allocation?.Observe();
}

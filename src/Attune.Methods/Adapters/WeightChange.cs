using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;

namespace Attune.Methods.Adapters;

/// <summary>
/// Another weight in the place of a map's own: y = x·W′ᵀ + b, with W′ = f(W, parameters) on the graph. A kind whose change is a formula of the weight
/// writes <see cref="Weight"/> and nothing else: forward, gradient, merging and a fixed weight for inference come of it.
/// </summary>
public abstract class WeightChange(LinearModule module) : IWeightSite, IMergeable, IFixable
{
    private WeightMatrix? merged;

    /// <summary>The map that is changed.</summary>
    public LinearModule Module => module;

    /// <summary>W′ [outputs, inputs] of W [outputs, inputs], which is frozen.</summary>
    public abstract Tensor Weight(Graph graph, Tensor weight);

    /// <summary>y = x·W′ᵀ + b. A kind with a cheaper form than a whole weight writes it here.</summary>
    public virtual Tensor Product(Graph graph, Tensor x, SiteSet sites) =>
        module.Biased(graph, graph.Product(x, Weight(graph, Frozen(graph))), sites);

    public Tensor Linear(Graph graph, Tensor x, LinearModule _, SiteSet sites) =>
        merged is not null && !graph.Recording ? module.Biased(graph, graph.Linear(x, merged), sites) : Product(graph, x, sites);

    /// <summary>Says that the parameters will not change any more: W′ is computed once.</summary>
    public virtual void Fix()
    {
        using var graph = new Graph(recording: false);
        merged = WeightMatrix.Create(module.Outputs, module.Inputs, Weight(graph, Frozen(graph)).Span);
    }

    public virtual void Merge(MergedWeights weights)
    {
        using var graph = new Graph(recording: false);
        var w = weights.Of(module);
        Weight(graph, w).Span.CopyTo(w.Span);
    }

    /// <summary>W [outputs, inputs] as float32, in the graph's memory.</summary>
    protected Tensor Frozen(Graph graph)
    {
        var w = graph.Arena.Matrix(module.Outputs, module.Inputs);
        for (var row = 0; row < w.Rows; row++)
            module.Weight.ReadRow(row, w[row]);
        return w;
    }
}

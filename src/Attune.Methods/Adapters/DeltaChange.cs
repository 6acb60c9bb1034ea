using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>A matrix added to a map's weight: y = x·Wᵀ + b + x·ΔWᵀ, with ΔW = f(parameters) on the graph.</summary>
public abstract class DeltaChange(LinearModule module) : WeightChange(module)
{
    /// <summary>ΔW [outputs, inputs].</summary>
    public abstract Tensor Delta(Graph graph);

    /// <summary>x·ΔWᵀ. A kind with a cheaper form than a whole matrix writes it here.</summary>
    public virtual Tensor Beside(Graph graph, Tensor x) => graph.Product(x, Delta(graph));

    public sealed override Tensor Weight(Graph graph, Tensor weight) => graph.Add(weight, Delta(graph));

    public sealed override Tensor Product(Graph graph, Tensor x, SiteSet sites) => graph.Add(Module.Base(graph, x, sites), Beside(graph, x));
}

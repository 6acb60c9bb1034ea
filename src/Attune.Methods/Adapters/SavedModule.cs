using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>A module that an adapter brings whole (modules_to_save, trained biases): its numbers in the place of the model's.</summary>
internal sealed class SavedModule(Parameter parameter, Func<MergedWeights, Tensor> place) : IWeightSite, IVectorSite, ITableSite, IMergeable
{
    public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites) => module.Biased(graph, graph.Product(x, graph.Use(parameter)), sites);

    public Tensor Vector(Graph graph, VectorModule module) => graph.Use(parameter);

    public Tensor Rows(Graph graph, ReadOnlySpan<int> ids, TableModule table) => graph.Embedding(graph.Use(parameter), ids);

    public void Merge(MergedWeights weights) => parameter.Value.Span.CopyTo(place(weights).Span);
}

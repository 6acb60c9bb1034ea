using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>A linear map of a model, y = x·Wᵀ + b, under the name that it has in a Hugging Face checkpoint (without ".weight").</summary>
public sealed class LinearModule(string name, int index, int layer, WeightMatrix weight, VectorModule? bias)
{
    /// <summary>For instance "model.layers.3.self_attn.q_proj".</summary>
    public string Name { get; } = name;

    /// <summary>Place in <see cref="TransformerModel.Linears"/>.</summary>
    public int Index { get; } = index;

    /// <summary>The block it belongs to; −1 outside blocks.</summary>
    public int Layer { get; } = layer;

    public WeightMatrix Weight { get; } = weight;

    public VectorModule? Bias { get; } = bias;

    /// <summary>The checkpoint stores the weight as [inputs, outputs].</summary>
    public bool Transposed { get; init; }

    /// <summary>The table whose numbers are this map's weight too; null where the weight is its own.</summary>
    public TableModule? Tied { get; init; }

    public int Inputs => Weight.Columns;

    public int Outputs => Weight.Rows;

    /// <summary>The last part of the name, by which adapters choose targets: "q_proj".</summary>
    public string Role => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>The map with whatever <paramref name="sites"/> hang on it.</summary>
    public Tensor Apply(Graph graph, Tensor x, SiteSet? sites) =>
        sites?.At(this) is { } site ? site.Linear(graph, x, this, sites) : Base(graph, x, sites);

    /// <summary>The frozen map.</summary>
    public Tensor Base(Graph graph, Tensor x, SiteSet? sites) => Biased(graph, graph.Linear(x, Weight), sites);

    /// <summary>y with the map's bias, if it has one.</summary>
    public Tensor Biased(Graph graph, Tensor y, SiteSet? sites) => Bias is null ? y : graph.AddBias(y, Bias.Apply(graph, sites));
}

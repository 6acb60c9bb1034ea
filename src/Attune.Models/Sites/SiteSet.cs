using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>
/// What an adaptation hangs on a model's sites during a forward pass. An empty site is a null in an array, and costs a comparison.
/// Several interventions at one point act in the order in which they were added.
/// </summary>
public sealed class SiteSet
{
    private readonly List<ITensorSite>?[] activations;
    private readonly IWeightSite?[] weights;
    private readonly IVectorSite?[] vectors;
    private readonly ITableSite?[] tables;
    private readonly int layers;

    /// <param name="model">The model whose sites these are.</param>
    /// <param name="stateKey">
    /// Names the hidden states that result: cached keys and values are shared only among sets of equal key. Empty: the untouched model.
    /// </param>
    public SiteSet(TransformerModel model, string stateKey)
    {
        StateKey = stateKey;
        layers = model.Layers;
        activations = new List<ITensorSite>?[layers * Enum.GetValues<ActivationPoint>().Length];
        weights = new IWeightSite?[model.Linears.Count];
        vectors = new IVectorSite?[model.Vectors.Count];
        tables = new ITableSite?[model.Tables.Count];
    }

    private SiteSet(SiteSet of, int layers)
    {
        (StateKey, this.layers, weights, vectors, tables) = (of.StateKey, layers, of.weights, of.vectors, of.tables);
        activations = new List<ITensorSite>?[layers * Enum.GetValues<ActivationPoint>().Length];
    }

    public string StateKey { get; }

    public List<ITensorSite> Embeddings { get; } = [];

    public List<ITensorSite> Logits { get; } = [];

    public KeyValuePrefix? Prefix { get; set; }

    /// <summary>Rotary positions other than the model's own; null: the model's own.</summary>
    public Func<int, int>? PositionMap { get; set; }

    public void Add(ActivationPoint point, int layer, ITensorSite site) =>
        (activations[Index(point, layer)] ??= []).Add(site);

    /// <exception cref="InvalidOperationException">The map already has an intervention: two on one weight must be stacked by their methods.</exception>
    public void Add(LinearModule module, IWeightSite site)
    {
        if (weights[module.Index] is not null)
            throw new InvalidOperationException($"{module.Name} already has an intervention");
        weights[module.Index] = site;
    }

    public void Add(VectorModule module, IVectorSite site)
    {
        if (vectors[module.Index] is not null)
            throw new InvalidOperationException($"{module.Name} already has an intervention");
        vectors[module.Index] = site;
    }

    public void Add(TableModule module, ITableSite site)
    {
        if (tables[module.Index] is not null)
            throw new InvalidOperationException($"{module.Name} already has an intervention");
        tables[module.Index] = site;
    }

    /// <summary>The same interventions with a probe behind those of every point, by the point's name and layer.</summary>
    internal static SiteSet Probed(TransformerModel model, SiteSet? sites, Func<string, int?, ITensorSite> probe)
    {
        var probed = new SiteSet(model, "probed") { Prefix = sites?.Prefix, PositionMap = sites?.PositionMap };
        if (sites is not null)
        {
            probed.Embeddings.AddRange(sites.Embeddings);
            probed.Logits.AddRange(sites.Logits);
            sites.weights.CopyTo(probed.weights, 0);
            sites.vectors.CopyTo(probed.vectors, 0);
            sites.tables.CopyTo(probed.tables, 0);
            for (var i = 0; i < sites.activations.Length; i++)
                probed.activations[i] = sites.activations[i] is { } list ? [.. list] : null;
        }
        probed.Embeddings.Add(probe("the embedding", null));
        foreach (var point in Enum.GetValues<ActivationPoint>())
            for (var layer = 0; layer < probed.layers; layer++)
                probed.Add(point, layer, probe($"layer {layer}, {Name(point)}", layer));
        return probed;
    }

    private static string Name(ActivationPoint point) => point switch
    {
        ActivationPoint.BlockInput => "the block's input",
        ActivationPoint.HeadOutput => "the heads' output",
        ActivationPoint.AttentionOutput => "the attention's output",
        ActivationPoint.MlpOutput => "the feed-forward output",
        _ => "the block's output",
    };

    /// <summary>What hangs on the weights alone, for a tower of <paramref name="blocks"/> blocks beside those that activations, prefixes and positions are of.</summary>
    internal SiteSet OfWeights(int blocks) => new(this, blocks);

    internal List<ITensorSite>? At(ActivationPoint point, int layer) => activations[Index(point, layer)];

    /// <summary>The value after whatever hangs at an activation point.</summary>
    internal Tensor Apply(Graph graph, ActivationPoint point, int layer, Tensor value, TokenBatch batch)
    {
        if (At(point, layer) is { } list)
            foreach (var site in list)
                value = site.Apply(graph, value, batch);
        return value;
    }

    /// <summary>The positions of a batch's tokens after <see cref="PositionMap"/>.</summary>
    internal static ReadOnlySpan<int> Positions(TokenBatch batch, SiteSet? sites)
    {
        if (sites?.PositionMap is not { } map)
            return batch.Positions;
        var mapped = new int[batch.Count];
        for (var i = 0; i < mapped.Length; i++)
            mapped[i] = map(batch.Positions[i]);
        return mapped;
    }

    /// <summary>Whether anything hangs at one of these points of a block.</summary>
    internal bool HasAt(int layer, ReadOnlySpan<ActivationPoint> points)
    {
        foreach (var point in points)
            if (activations[Index(point, layer)] is not null)
                return true;
        return false;
    }

    internal IWeightSite? At(LinearModule module) => weights[module.Index];

    internal IVectorSite? At(VectorModule module) => vectors[module.Index];

    internal ITableSite? At(TableModule module) => tables[module.Index];

    private int Index(ActivationPoint point, int layer)
    {
        if ((uint)layer >= (uint)layers)
            throw new ArgumentOutOfRangeException(nameof(layer), $"layer {layer} of a model with {layers} layers");
        return (int)point * layers + layer;
    }
}

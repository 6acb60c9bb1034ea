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
    private readonly TransformerModel model;
    private readonly IAttentionSite?[] attentions;
    private readonly int layers;

    /// <param name="model">The model whose sites these are.</param>
    /// <param name="stateKey">
    /// Names the hidden states that result: cached keys and values are shared only among sets of equal key. Empty: the untouched model.
    /// </param>
    public SiteSet(TransformerModel model, string stateKey)
    {
        (this.model, StateKey) = (model, stateKey);
        layers = model.Layers;
        activations = new List<ITensorSite>?[layers * Enum.GetValues<ActivationPoint>().Length];
        weights = new IWeightSite?[model.Linears.Count];
        vectors = new IVectorSite?[model.Vectors.Count];
        tables = new ITableSite?[model.Tables.Count];
        attentions = new IAttentionSite?[layers];
    }

    private SiteSet(SiteSet of, int layers)
    {
        (model, StateKey, this.layers, weights, vectors, tables) = (of.model, of.StateKey, layers, of.weights, of.vectors, of.tables);
        attentions = new IAttentionSite?[layers];
        activations = new List<ITensorSite>?[layers * Enum.GetValues<ActivationPoint>().Length];
    }

    public string StateKey { get; }

    public List<ITensorSite> Embeddings { get; } = [];

    public List<ITensorSite> Logits { get; } = [];

    /// <exception cref="AttuneException">The architecture has no keys and values.</exception>
    public KeyValuePrefix? Prefix
    {
        get;
        set
        {
            if (value is not null)
                model.RequireSite(SiteKind.KeysValues);
            field = value;
        }
    }

    /// <summary>Positions other than the model's own; null: the model's own.</summary>
    /// <exception cref="AttuneException">The architecture has no positions.</exception>
    public Func<int, int>? PositionMap
    {
        get;
        set
        {
            if (value is not null)
                model.RequireSite(SiteKind.Positions);
            field = value;
        }
    }

    /// <summary>Vectors in the place of token embeddings before every sequence; they stand behind <see cref="Prefix"/>.</summary>
    public ISoftPrompt? SoftPrompt { get; set; }

    /// <summary>Positions that the interventions take before every sequence.</summary>
    public int VirtualTokens => (Prefix?.Length ?? 0) + (SoftPrompt?.Length ?? 0);

    /// <summary>Called when a forward pass begins, with its batch.</summary>
    public List<Action<Graph, TokenBatch>> Beginning { get; } = [];

    /// <summary>The batch of the present forward pass, for interventions on weights that treat tokens differently.</summary>
    public TokenBatch? Batch { get; private set; }

    /// <summary>
    /// Whether an intervention on weights reads <see cref="Batch"/>: no row may then be left out, so that row i of every map's input is token i.
    /// </summary>
    public bool ReadsTokens { get; set; }

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

    public void Add(int layer, IAttentionSite site)
    {
        if (attentions[layer] is not null)
            throw new InvalidOperationException($"the attention of layer {layer} already has an intervention");
        attentions[layer] = site;
    }

    /// <summary>Adds a whole sequence to a batch, without a cache, with the positions before it that the interventions take.</summary>
    /// <param name="kinds">Type of each token; empty: 0.</param>
    /// <param name="prompt">How many of the tokens an encoder reads; 0: all.</param>
    /// <returns>The row of its first own token.</returns>
    public static int Place(SiteSet? sites, TokenBatch batch, ReadOnlySpan<int> tokens, ReadOnlySpan<int> kinds = default, int prompt = 0, int task = 0)
    {
        var (past, soft) = (sites?.Prefix?.Length ?? 0, sites?.SoftPrompt?.Length ?? 0);
        var first = batch.Count + soft;
        if (soft == 0)
            batch.Add(tokens, past, null, kinds, prompt, task);
        else
            batch.Add(Generation.PrefixKeys.Before(sites, tokens).AsSpan(past), past, null, kinds.IsEmpty ? [] : [.. new int[soft], .. kinds], prompt == 0 ? 0 : prompt + soft, task);
        return first;
    }

    /// <summary>Whether something hangs on the map.</summary>
    public bool Has(LinearModule module) => weights[module.Index] is not null;

    /// <summary>Whether something stands in the place of the array.</summary>
    public bool Has(VectorModule module) => vectors[module.Index] is not null;

    /// <summary>Whether something hangs on the table.</summary>
    public bool Has(TableModule module) => tables[module.Index] is not null;

    /// <summary>Whether anything hangs on activations, keys and values, positions or scores: what weights cannot hold.</summary>
    public bool HasBesideWeights => Embeddings.Count > 0 || Logits.Count > 0 || Prefix is not null || SoftPrompt is not null || Beginning.Count > 0 || attentions.Any(a => a is not null) || PositionMap is not null || activations.Any(a => a is not null);

    /// <summary>The same interventions with a probe behind those of every point, by the point's name and layer.</summary>
    internal static SiteSet Probed(TransformerModel model, SiteSet? sites, Func<string, int?, ITensorSite> probe)
    {
        var probed = new SiteSet(model, "probed") { Prefix = sites?.Prefix, SoftPrompt = sites?.SoftPrompt, PositionMap = sites?.PositionMap, ReadsTokens = sites?.ReadsTokens ?? false };
        if (sites is not null)
        {
            probed.Embeddings.AddRange(sites.Embeddings);
            probed.Logits.AddRange(sites.Logits);
            probed.Beginning.AddRange(sites.Beginning);
            sites.attentions.CopyTo(probed.attentions, 0);
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

    internal IAttentionSite? AttentionAt(int layer) => attentions[layer];

    /// <summary>Says that a forward pass over a batch begins.</summary>
    internal void Begin(Graph graph, TokenBatch batch)
    {
        Batch = batch;
        foreach (var action in Beginning)
            action(graph, batch);
    }

    internal ITableSite? At(TableModule module) => tables[module.Index];

    private int Index(ActivationPoint point, int layer)
    {
        if ((uint)layer >= (uint)layers)
            throw new ArgumentOutOfRangeException(nameof(layer), $"layer {layer} of a model with {layers} layers");
        return (int)point * layers + layer;
    }
}

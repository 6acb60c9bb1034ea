using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="AdaptionPrompt"/>.</summary>
public sealed record AdaptionPromptOptions : AdapterOptions
{
    public AdaptionPromptOptions() => (Targets, LearningRate) = ([], 9e-3);

    [Option("virtual tokens of a layer")]
    public int Length { get; init; } = 10;

    [Option("last layers that have them; more than the model has: all")]
    public int Layers { get; init; } = 30;
}

/// <summary>
/// LLaMA-Adapter (Zhang et al. 2024, equations 4 to 8): in the last layers the queries also attend to a trained prompt, through the layer's own keys and values, and a gate that begins at zero says how
/// much of it is added: heads + g·softmax(q·K_pᵀ/√d)·V_p.
/// </summary>
public sealed class AdaptionPrompt : AdapterMethod<AdaptionPromptOptions>, IAdapterKind
{
    private const string Module = "self_attn";

    public override MethodCard Card { get; } = new()
    {
        Name = "adaption-prompt",
        Summary = "Lets the last layers attend to trained prompts through gates that begin closed.",
        Paper = "Zhang et al., LLaMA-Adapter: Efficient Fine-tuning of Large Language Models with Zero-initialized Attention, ICLR 2024",
        Site = SiteKind.KeysValues,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "ADAPTION_PROMPT";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (layers, length, module) = (reader.Positive("adapter_layers"), reader.Positive("adapter_len"), reader.Text("target_modules") ?? Module);
        var model = reader.Model;
        if (layers > model.Layers)
            throw reader.Refused(FormattableString.Invariant($"changes {layers} layers, and {model.Architecture} has {model.Layers}; it was made for another model"));
        var adapter = new Prompted(reader);
        for (var layer = model.Layers - layers; layer < model.Layers; layer++)
        {
            var (keys, values, output) = (Map(reader, layer, module, "k_proj"), Map(reader, layer, module, "v_proj"), Map(reader, layer, module, "o_proj"));
            if (output.Bias is not null)
                throw reader.Refused($"adds behind '{output.Name}', which has a bias that would count twice");
            var parent = ModuleNames.Prefix + keys.Name[..keys.Name.LastIndexOf('.')] + ".";
            adapter.Add(layer, new GatedPrompt(keys, values, reader.Trained(parent + "adaption_prompt", 1, length, model.Hidden), reader.Trained(parent + "adaption_gate", 1), length));
        }
        return adapter;
    }

    protected override IReadOnlyList<string>? Targets(AdaptionPromptOptions options) => null;

    protected override void Begin(AdapterStart start, AdaptionPromptOptions options)
    {
        RequirePositive("length", options.Length);
        RequirePositive("layers", options.Layers);
        var model = start.Model.Transformer;
        var count = Math.Min(options.Layers, model.Layers);
        start.Configuration["adapter_layers"] = count;
        start.Configuration["adapter_len"] = options.Length;
        start.Configuration["target_modules"] = Module;
        var random = start.Context.Random("prompt");
        for (var layer = model.Layers - count; layer < model.Layers; layer++)
        {
            var keys = model.Linears.FirstOrDefault(l => l.Layer == layer && l.Name.EndsWith($".{Module}.k_proj", StringComparison.Ordinal))
                ?? throw new AttuneException($"{Card.Name}: {start.Model.Name} ({model.Architecture}) has no {Module}.k_proj; use another method");
            var parent = ModuleNames.Prefix + keys.Name[..keys.Name.LastIndexOf('.')] + ".";
            start.Normal(parent + "adaption_prompt", 1, random, 1, options.Length, model.Hidden);
            start.Fill(parent + "adaption_gate", 0, 1);
        }
    }

    private static LinearModule Map(AdapterReader reader, int layer, string module, string part) =>
        reader.Model.Linears.FirstOrDefault(l => l.Layer == layer && l.Name.EndsWith($".{module}.{part}", StringComparison.Ordinal))
        ?? throw reader.Refused($"needs '{module}.{part}' in every layer, which {reader.Model.Architecture} has not; it was made for another model");

    private sealed class Prompted(AdapterReader reader) : PeftAdapter(reader)
    {
        private readonly List<(int Layer, IAttentionSite Site)> layers = [];

        public void Add(int layer, IAttentionSite site) => layers.Add((layer, site));

        public override void Attach(SiteSet sites)
        {
            base.Attach(sites);
            foreach (var (layer, site) in layers)
                sites.Add(layer, site);
        }

        public override MergedWeights Merge() => throw CannotMerge("its prompts are attended to, and are no weights");
    }

    private sealed class GatedPrompt(LinearModule keys, LinearModule values, Parameter prompt, Parameter gate, int length) : IAttentionSite
    {
        public Tensor Gathered(Graph graph, Tensor queries, Tensor gathered, AttentionShape shape, TokenBatch batch)
        {
            var p = graph.Use(prompt).Reshape(length, prompt.Count / length);
            var (k, v) = (keys.Base(graph, p, null), values.Base(graph, p, null));
            var attended = graph.Attention(queries, k, v, shape with { Causal = false, Window = 0, Symmetric = false }, [new AttentionRange(0, queries.Rows, 0, length)]);
            return graph.Add(gathered, graph.Multiply(attended, graph.Use(gate)));
        }
    }
}

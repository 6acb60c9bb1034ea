using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="PrefixTuning"/>.</summary>
public sealed record PrefixTuningOptions : PromptOptions
{
    [Option("width of a network that makes the keys and values while training; 0: they are trained themselves")]
    public int Projection { get; init; }
}

/// <summary>
/// Prefix tuning (Li and Liang 2021): trained keys and values before every layer's own, which no position turns; the prompt's tokens stand behind them. Through a network of two layers
/// with tanh between, where it has one (there, section 4.3).
/// </summary>
public sealed class PrefixTuning : PromptMethod<PrefixTuningOptions>, IAdapterKind
{
    private const string Prefix = "prompt_encoder.";

    public override MethodCard Card { get; } = new()
    {
        Name = "prefix-tuning",
        Summary = "Trains keys and values that stand before every layer's own.",
        Paper = "Li and Liang, Prefix-Tuning: Optimizing Continuous Prompts for Generation, ACL 2021",
        Site = SiteKind.KeysValues,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "PREFIX_TUNING";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (model, width) = (reader.Model, reader.Model.KvHeads * reader.Model.HeadDim);
        var layers = reader.Integer("num_layers", PrefixAdapter.LayersOf(model));
        var settings = PromptSettings.Read(reader, width);
        var (projects, inner) = (reader.Flag("prefix_projection"), reader.Integer("encoder_hidden_size", width));
        reader.Ignore("init_weights");
        if (layers != PrefixAdapter.LayersOf(model))
            throw reader.Refused(FormattableString.Invariant($"has keys for {layers} layers, and {model.Architecture} has {PrefixAdapter.LayersOf(model)}; it was made for another model"));
        var all = layers * 2 * width;
        if (!projects || !reader.HasState(Prefix + "embedding.weight"))
        {
            var prompt = reader.Trained("prompt_embeddings", settings.Tokens, all);
            return new PrefixAdapter(reader, settings.Tokens, width, (graph, slice) => graph.SliceColumns(graph.Use(prompt), slice * width, width));
        }
        var embedding = reader.TrainedState(Prefix + "embedding.weight", settings.Tokens, width);
        var encoder = new LayeredEncoder(reader, Prefix + "transform.", [width, inner, all], tanh: true);
        reader.Derive("prompt_embeddings", () => Evaluated.Of(graph => encoder.Apply(graph, graph.Use(embedding))), settings.Tokens, all);
        return new PrefixAdapter(reader, settings.Tokens, width, (graph, slice) =>
        {
            // Of the last layer only the rows of this slice: a layer may not read what an earlier one computed.
            int[] rows = [.. Enumerable.Range(slice * width, width)];
            var h = encoder.ApplyInner(graph, graph.Use(embedding));
            return graph.AddBias(graph.Product(h, graph.GatherRows(graph.Use(encoder.Last.Weight), rows)), graph.SliceColumns(graph.Use(encoder.Last.Bias), slice * width, width));
        });
    }

    protected override void Begin(AdapterStart start, PrefixTuningOptions options)
    {
        base.Begin(start, options);
        var model = start.Model.Transformer;
        var (width, layers) = (model.KvHeads * model.HeadDim, PrefixAdapter.LayersOf(model));
        var c = start.Configuration;
        (c["token_dim"], c["num_layers"], c["num_attention_heads"], c["prefix_projection"], c["encoder_hidden_size"]) = (width, layers, model.KvHeads, options.Projection > 0, options.Projection > 0 ? options.Projection : width);
        var random = start.Context.Random("prefix");
        if (options.Projection == 0)
        {
            start.Normal("prompt_embeddings", 0.1, random, options.VirtualTokens, layers * 2 * width);
            return;
        }
        start.Fill("prompt_embeddings", 0, options.VirtualTokens, layers * 2 * width);
        start.StateNormal(Prefix + "embedding.weight", 1, random, options.VirtualTokens, width);
        LayeredEncoder.Begin(start, Prefix + "transform.", [width, options.Projection, layers * 2 * width], random);
    }
}

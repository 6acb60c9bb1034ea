using System.Text.Json.Nodes;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="ContextTuning"/>.</summary>
public sealed record ContextTuningOptions : AdapterOptions
{
    public ContextTuningOptions() => (Targets, LearningRate) = ([], 1e-3);

    [Option("most labelled rows in the context")]
    public int Demonstrations { get; init; } = 4;

    [Option("factor on the loss of a label in the context for each one behind it")]
    public double Decay { get; init; } = 0.95;

    [Option("how far a vector of a row's text may move, for a width of 2048")]
    public double Radius { get; init; } = 0.1;

    [Option("how far a vector of the template may move, for a width of 2048")]
    public double FormatRadius { get; init; } = 0.1;
}

/// <summary>
/// Context-aware prompt tuning (Blau et al. 2025): labelled rows stand before the query as in few-shot prompting, and the vectors of their texts and templates are moved a little, within a ball; those
/// of their labels are not. The loss counts the labels in the context too, less the further they stand from the query.
/// </summary>
public sealed class ContextTuning : AdapterMethod<ContextTuningOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "cpt",
        Summary = "Puts labelled rows before the query and moves the vectors of their texts a little by training.",
        Paper = "Blau et al., Context-aware Prompt Tuning: Advancing In-Context Learning with Adversarial Methods, EMNLP 2024",
        Site = SiteKind.Embeddings,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; some rows in every query's context",
    };

    public override string PeftType => "CPT";

    public PeftAdapter Read(AdapterReader reader)
    {
        var settings = PromptSettings.Read(reader, reader.Model.Hidden);
        var (tokens, types) = (reader.Integers("cpt_token_ids"), reader.Integers("cpt_tokens_type_mask"));
        if (tokens.Count != settings.Tokens || types.Count != settings.Tokens || tokens.Any(t => (uint)t >= (uint)reader.Model.Tables[0].Rows))
            throw reader.Refused(FormattableString.Invariant($"has {tokens.Count} context tokens of {types.Count} types for {settings.Tokens} virtual tokens, or one outside the vocabulary; it was made for another model"));
        var decays = reader.Text("opt_weighted_loss_type") is "decay";
        reader.Require("opt_weighted_loss_type", "\"decay\"", "\"none\"");
        reader.Ignore("cpt_mask");
        var adapterSettings = new ContextSettings(tokens, types, decays ? reader.Number("opt_loss_decay_factor", 1) : 1, reader.Number("opt_projection_epsilon", 0.1), reader.Number("opt_projection_format_epsilon", 0.1));
        reader.Ignore("opt_loss_decay_factor");
        const string state = "prompt_encoder.delta_embedding.weight";
        if (!reader.HasState(state))
        {
            var prompt = reader.Trained("prompt_embeddings", settings.Tokens, settings.Width);
            return new SoftPromptAdapter(reader, settings.Tokens, (graph, _) => graph.Use(prompt));
        }
        var rows = new float[settings.Tokens * settings.Width];
        for (var i = 0; i < tokens.Count; i++)
            reader.Model.Tables[0].Weight.ReadRow(tokens[i], rows.AsSpan(i * settings.Width, settings.Width));
        var frozen = reader.Constant("context", settings.Tokens, settings.Width, rows);
        var delta = reader.TrainedState(state, settings.Tokens, settings.Width);
        reader.Derive("prompt_embeddings", () => Evaluated.Of(g => g.Add(frozen.Value, g.Use(delta))), settings.Tokens, settings.Width);
        return new ContextAdapter(reader, adapterSettings, frozen, delta);
    }

    protected override IReadOnlyList<string>? Targets(ContextTuningOptions options) => null;

    protected override void Begin(AdapterStart start, ContextTuningOptions options)
    {
        RequirePositive("demonstrations", options.Demonstrations);
        var (tokens, types) = ContextTokens.Of(start, options.Demonstrations);
        var width = start.Model.Transformer.Hidden;
        var c = start.Configuration;
        c["num_virtual_tokens"] = tokens.Length;
        c["num_transformer_submodules"] = 1;
        (c["token_dim"], c["num_layers"], c["num_attention_heads"]) = (width, start.Model.Transformer.Layers, start.Model.Transformer.Heads);
        c["cpt_token_ids"] = new JsonArray([.. tokens.Select(t => (JsonNode)t)]);
        c["cpt_mask"] = new JsonArray([.. tokens.Select(_ => (JsonNode)1)]);
        c["cpt_tokens_type_mask"] = new JsonArray([.. types.Select(t => (JsonNode)t)]);
        (c["opt_weighted_loss_type"], c["opt_loss_decay_factor"]) = ("decay", options.Decay);
        (c["opt_projection_epsilon"], c["opt_projection_format_epsilon"]) = (options.Radius, options.FormatRadius);
        start.Fill("prompt_embeddings", 0, tokens.Length, width);
        start.State("prompt_encoder.delta_embedding.weight", [tokens.Length, width], new float[tokens.Length * width]);
    }
}

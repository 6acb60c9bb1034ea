using System.Text.Json.Nodes;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="TrainableTokens"/>.</summary>
public sealed record TrainableTokensOptions : AdapterOptions
{
    [Option("tokens whose vectors are trained; none: those of the labels' words")]
    public IReadOnlyList<int> Tokens { get; init; } = [];
}

/// <summary>Trains the embeddings of a few tokens, and of a tied head the same rows; all else is frozen (PEFT's trainable tokens; the vectors of words alone as in Hambardzumyan et al. 2021).</summary>
public sealed class TrainableTokens : AdapterMethod<TrainableTokensOptions>, IAdapterKind
{
    private const string Part = "trainable_tokens_delta";

    public override MethodCard Card { get; } = new()
    {
        Name = "trainable-tokens",
        Summary = "Trains the embeddings of a few tokens alone, by default those of the labels' words.",
        Paper = "Hambardzumyan et al., WARP: Word-level Adversarial ReProgramming, ACL 2021",
        Site = SiteKind.Embeddings,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "TRAINABLE_TOKENS";

    public PeftAdapter Read(AdapterReader reader)
    {
        reader.Ignore("init_weights");
        var indices = reader.Node("token_indices");
        var tables = reader.Texts("target_modules");
        foreach (var table in tables.Count == 0 ? ["embed_tokens"] : tables)
            TokenTables.Add(reader, table, indices, Part);
        return new PeftAdapter(reader);
    }

    protected override IReadOnlyList<string>? Targets(TrainableTokensOptions options) => null;

    protected override void Begin(AdapterStart start, TrainableTokensOptions options)
    {
        var table = start.Model.Transformer.Tables[0];
        var builder = new PromptBuilder(start.Model, start.Context.Task.Template, start.Context.Overflow);
        var labels = start.Context.Labels.Count > 0 ? start.Context.Labels : [.. start.Context.Examples.SelectMany(e => e.Input.Choices!).Distinct()];
        int[] tokens = [.. (options.Tokens.Count > 0 ? options.Tokens : builder.Labels(labels).SelectMany(t => t)).Distinct().Order()];
        foreach (var outside in tokens.Where(t => (uint)t >= (uint)table.Rows))
            throw new AttuneException(FormattableString.Invariant($"{Card.Name}: {start.Model.Name} has no token {outside}; it has {table.Rows}"));
        var name = table.Name[..table.Name.LastIndexOf('.')];
        start.Configuration["token_indices"] = new JsonArray([.. tokens.Select(t => (JsonNode)t)]);
        start.Configuration["target_modules"] = new JsonArray(name);
        var rows = new float[tokens.Length * table.Columns];
        for (var i = 0; i < tokens.Length; i++)
            table.Weight.ReadRow(tokens[i], rows.AsSpan(i * table.Columns, table.Columns));
        start.Add(ModuleNames.Prefix + name + "." + Part, [tokens.Length, table.Columns], rows);
    }
}

using System.Text.Json;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>GPT-Neo (Black et al. 2021): GPT-2 with separate maps, unscaled scores, and a window in every second layer.</summary>
internal sealed class GptNeo : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["gpt_neo"];

    /// <summary>Causal masks of old files.</summary>
    public bool IsHarmless(string tensor) =>
        tensor.EndsWith(".attention.bias", StringComparison.Ordinal) || tensor.EndsWith(".attention.masked_bias", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var (hidden, heads) = (c.Positive("hidden_size"), c.Positive("num_heads", "num_attention_heads"));
        var sizes = new DecoderSizes
        {
            Hidden = hidden, Heads = heads, KvHeads = heads, HeadDim = hidden / heads, Intermediate = c.OptionalInteger("intermediate_size") ?? 4 * hidden,
            Layers = c.Positive("num_layers", "num_hidden_layers"), Vocabulary = c.Positive("vocab_size"), Context = c.Positive("max_position_embeddings"),
        }.Checked(c);
        var root = context.Prefix("wte.weight", "", "transformer.");
        var local = LocalLayers(c, sizes.Layers);
        var window = c.OptionalInteger("window_size") ?? 256;
        return new DecoderPlan
        {
            Name = "gpt_neo", Sizes = sizes, Root = root, Tokens = "wte", Layers = "h.", FinalNorm = "ln_f", Tied = c.Flag("tie_word_embeddings", true),
            Embedding = t => new TokenEmbedding(t) { Positions = m.Table(root + "wpe.weight", sizes.Context, hidden) },
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(c.OptionalNumber("layer_norm_epsilon") ?? 1e-5), BeforeMixer = "ln_1", BeforeFeed = "ln_2",
                Attention = ["attn.attention.q_proj", "attn.attention.k_proj", "attn.attention.v_proj"], Output = "attn.attention.out_proj", OutputBias = true,
                Shape = i => sizes.Attention(scale: 1, window: local[i] ? window : 0),
                Gate = null, Up = "mlp.c_fc", Down = "mlp.c_proj", FeedBias = true,
                Activation = ActivationKinds.Parse(c.OptionalText("activation_function") ?? "gelu_new", c.Path),
            },
        }.Build(context);
    }

    /// <summary>attention_layers, or attention_types: pairs of a list of kinds and how often it is repeated.</summary>
    private static bool[] LocalLayers(ConfigurationJson c, int layers)
    {
        var kinds = c.Texts("attention_layers") ?? Expanded(c);
        if (kinds.Length != layers || kinds.Any(k => k is not ("global" or "local")))
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has the attention types {string.Join(", ", kinds.Take(8))}, expected global or local for each of {layers} layers"));
        return [.. kinds.Select(k => k == "local")];
    }

    private static string[] Expanded(ConfigurationJson c)
    {
        var wrong = new ModelFileException($"'{c.Path}' has no 'attention_layers', and no 'attention_types' such as [[[\"global\", \"local\"], 12]]; give one of them");
        if (c.Raw("attention_types") is not { ValueKind: JsonValueKind.Array } pairs)
            throw wrong;
        var kinds = new List<string>();
        foreach (var pair in pairs.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair[0].ValueKind != JsonValueKind.Array
                || pair[1].ValueKind != JsonValueKind.Number || !pair[1].TryGetInt32(out var times) || times is < 0 or > 1024)
                throw wrong;
            for (var i = 0; i < times; i++)
                kinds.AddRange(pair[0].EnumerateArray().Select(k => k.ValueKind == JsonValueKind.String ? k.GetString()! : throw wrong));
        }
        return [.. kinds];
    }
}

using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Command R (Cohere 2024): attention and feed-forward share a norm without bias and stand beside one another, neighbouring dimensions turn, scaled scores.</summary>
internal sealed class Cohere : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["cohere"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "command-r", Parts = GgufParts.Outer, LayerParts = [.. GgufParts.Maps, .. GgufParts.Norms, .. GgufParts.HeadNorms], IsPlain = false,
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "command-r", "cohere", "layer_norm_eps", has);
            json["logit_scale"] = m.GetNumber("command-r.logit_scale");
            json["use_qk_norm"] = has("model.layers.0.self_attn.q_norm.weight");
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context) with { Interleaved = true };
        var rotary = new Rotary(rope, context.Options);
        var (bias, epsilon) = (c.Flag("attention_bias"), c.OptionalNumber("layer_norm_eps") ?? 1e-5);
        Func<string, int, IHeadNorm>? Norm(string name) => !c.Flag("use_qk_norm") ? null
            : (p, heads) => new WeightedHeadNorm([m.Vector(p + name + ".weight", heads, sizes.HeadDim)], sizes.HeadDim, (float)epsilon);
        return new DecoderPlan
        {
            Name = "cohere", Sizes = sizes, Tied = c.Flag("tie_word_embeddings", true), LogitScale = (float)(c.OptionalNumber("logit_scale") ?? 0.0625), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(epsilon, bias: false), BeforeFeed = null, Parallel = true, AttentionBias = bias, OutputBias = bias,
                QueryNorm = Norm("self_attn.q_norm"), KeyNorm = Norm("self_attn.k_norm"), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }
}

using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Phi-1.5 and Phi-2 (Li et al. 2023): attention and feed-forward share a norm and stand beside one another, half of each head turns, biases everywhere.</summary>
internal sealed class Phi : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["phi"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "phi2", Parts = [("model.embed_tokens", "token_embd"), ("model.final_layernorm", "output_norm"), ("lm_head", "output")],
        LayerParts = [.. GgufParts.Maps, .. GgufParts.Norms, ("self_attn.dense", "attn_output"), ("mlp.fc1", "ffn_up"), ("mlp.fc2", "ffn_down")], IsPlain = false,
        Configuration = (m, has) => GgufConfigurations.Of(m, "phi2", "phi", "layer_norm_eps", has),
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context, partial: 0.5);
        var rotary = new Rotary(rope, context.Options);
        var epsilon = c.OptionalNumber("layer_norm_eps") ?? 1e-5;
        Func<string, int, IHeadNorm>? Norm(string name) => !c.Flag("qk_layernorm") ? null : (p, _) => new HeadNorm(m.LayerNorm(p + name, sizes.HeadDim, epsilon), sizes.HeadDim);
        return new DecoderPlan
        {
            Name = "phi", Sizes = sizes, FinalNorm = "final_layernorm", Tied = c.Flag("tie_word_embeddings"), HeadBias = true, Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(epsilon), BeforeFeed = null, Parallel = true, AttentionBias = true, Output = "self_attn.dense", OutputBias = true,
                QueryNorm = Norm("self_attn.q_layernorm"), KeyNorm = Norm("self_attn.k_layernorm"), Rotary = _ => rotary,
                Gate = null, Up = "mlp.fc1", Down = "mlp.fc2", FeedBias = true, Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "gelu_new", c.Path),
            },
        }.Build(context);
    }
}

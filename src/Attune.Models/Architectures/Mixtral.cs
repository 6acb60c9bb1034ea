using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Mixtral (Jiang et al. 2024): Mistral with a mixture of experts in every layer.</summary>
internal sealed class Mixtral : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["mixtral"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    /// <summary>Files under the name of llama; only the number of experts tells them apart.</summary>
    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "llama", When = m => m.FindInteger("llama.expert_count") > 0, Parts = GgufParts.Outer, IsInterleaved = GgufParts.IsQueryOrKey, IsPlain = false,
        LayerParts =
        [
            .. GgufParts.Maps, .. GgufParts.Norms, ("block_sparse_moe.gate", "ffn_gate_inp"), ("block_sparse_moe.experts.*.w1", "ffn_gate_exps"),
            ("block_sparse_moe.experts.*.w3", "ffn_up_exps"), ("block_sparse_moe.experts.*.w2", "ffn_down_exps"),
        ],
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "llama", "mixtral", "rms_norm_eps", has);
            json["num_local_experts"] = m.GetInteger("llama.expert_count");
            json["num_experts_per_tok"] = m.GetInteger("llama.expert_used_count");
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context, theta: 1e6);
        var rotary = new Rotary(rope, context.Options);
        var window = LayerWindows.Window(c) ?? 0;
        var mixture = new ExpertPlan
        {
            Experts = c.Integer("num_local_experts", "num_experts"), Chosen = c.OptionalInteger("num_experts_per_tok") ?? 2, Width = sizes.Intermediate,
            Normalised = true, Router = "block_sparse_moe.gate", Expert = "block_sparse_moe.experts.", Gate = "w1", Up = "w3", Down = "w2",
            Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
        };
        return new DecoderPlan
        {
            Name = "mixtral", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-5), Shape = _ => sizes.Attention(window: window), Rotary = _ => rotary,
                Feed = (i, p) => mixture.Create(m, i, p, sizes.Hidden, c.Path),
            },
        }.Build(context);
    }
}

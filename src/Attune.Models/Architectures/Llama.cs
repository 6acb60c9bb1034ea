using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// Llama (Touvron et al. 2023): pre-norm blocks of grouped-query attention with rotary positions and a SwiGLU feed-forward layer.
/// SmolLM2, TinyLlama and others share it.
/// </summary>
internal sealed class Llama : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["llama"];

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "llama",
        Parts = [("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output")],
        LayerParts =
        [
            ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"),
            ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
            ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"),
        ],
        Configuration = FromGguf,
        IsInterleaved = n => n.Contains(".q_proj.", StringComparison.Ordinal) || n.Contains(".k_proj.", StringComparison.Ordinal),
    };

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var (attentionBias, mlpBias, epsilon) = (c.Flag("attention_bias"), c.Flag("mlp_bias"), c.OptionalNumber("rms_norm_eps") ?? 1e-6);
        var activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path);
        var shape = sizes.Attention();
        var tokens = m.Table("model.embed_tokens.weight", sizes.Vocabulary, sizes.Hidden);
        var blocks = Enumerable.Range(0, sizes.Layers).Select(i =>
        {
            var p = $"model.layers.{i}.";
            var inputNorm = m.RmsNorm(p + "input_layernorm", sizes.Hidden, epsilon);
            var maps = new LinearGroup(
                m.Linear(p + "self_attn.q_proj", i, sizes.QueryWidth, sizes.Hidden, attentionBias),
                m.Linear(p + "self_attn.k_proj", i, sizes.KeyWidth, sizes.Hidden, attentionBias),
                m.Linear(p + "self_attn.v_proj", i, sizes.KeyWidth, sizes.Hidden, attentionBias));
            var output = m.Linear(p + "self_attn.o_proj", i, sizes.Hidden, sizes.QueryWidth, attentionBias);
            var feedNorm = m.RmsNorm(p + "post_attention_layernorm", sizes.Hidden, epsilon);
            var gated = new LinearGroup(
                m.Linear(p + "mlp.gate_proj", i, sizes.Intermediate, sizes.Hidden, mlpBias),
                m.Linear(p + "mlp.up_proj", i, sizes.Intermediate, sizes.Hidden, mlpBias));
            var down = m.Linear(p + "mlp.down_proj", i, sizes.Hidden, sizes.Intermediate, mlpBias);
            return new TransformerBlock(new AttentionMixer(maps, output, shape) { Rotary = rotary }, new GatedFeedForward(gated, down, activation))
            {
                BeforeMixer = inputNorm, BeforeFeed = feedNorm,
            };
        }).ToArray();
        var finalNorm = m.RmsNorm("model.norm", sizes.Hidden, epsilon);
        return new DecoderModel(m)
        {
            Name = "llama", Embedding = new TokenEmbedding(tokens), Blocks = new BlockStack(blocks), FinalNorm = finalNorm,
            HeadMap = m.Head("lm_head", tokens, c.Flag("tie_word_embeddings")), Width = sizes.Hidden, Context = context.Length(sizes.Context, rope), Shape = shape, Owned = [rotary],
        };
    }

    private static JsonObject FromGguf(GgufMetadata m, Func<string, bool> has)
    {
        var json = GgufConfigurations.Common(m, "llama");
        json["rms_norm_eps"] = m.GetNumber("llama.attention.layer_norm_rms_epsilon");
        json["attention_bias"] = has("model.layers.0.self_attn.q_proj.bias");
        json["mlp_bias"] = has("model.layers.0.mlp.up_proj.bias");
        json["tie_word_embeddings"] = !has("lm_head.weight");
        return json;
    }
}

using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Gemma 2 (Gemma Team 2024): norms before and behind each part, bounded scores, a window in every second layer.</summary>
internal sealed class Gemma2 : IArchitecture
{
    /// <summary>Of the 27B model, whose scores are scaled by hidden/heads instead of a head's dimensions; its file does not say so otherwise.</summary>
    private const int LayersOfLargest = 46;

    public IReadOnlyList<string> ModelTypes => ["gemma2"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "gemma2", Parts = GgufParts.Outer, LayerParts = [.. GgufParts.Maps, .. GgufParts.NormsAround], Added = Gemma.AddedToNorms, IsPlain = false,
        Configuration = (m, has) =>
        {
            var json = FromGguf(m, "gemma2", "gemma2", LayersOfLargest, has);
            json["attn_logit_softcapping"] = m.FindNumber("gemma2.attn_logit_softcapping") ?? 50;
            json["final_logit_softcapping"] = m.FindNumber("gemma2.final_logit_softcapping") ?? 30;
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        c.Refuse("use_bidirectional_attention");
        var sizes = DecoderSizes.Read(c, headDim: 256);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var bias = c.Flag("attention_bias");
        var scale = (float)Math.Pow(c.OptionalNumber("query_pre_attn_scalar") ?? 256, -0.5);
        var cap = (float)(c.OptionalNumber("attn_logit_softcapping", 50) ?? 0);
        var window = LayerWindows.Window(c, 4096);
        var windows = LayerWindows.Read(c, sizes.Layers, window, i => i % 2 == 0);
        return new DecoderPlan
        {
            Name = "gemma2", Sizes = sizes, EmbeddingScale = MathF.Sqrt(sizes.Hidden), Tied = c.Flag("tie_word_embeddings", true),
            LogitCap = (float)(c.OptionalNumber("final_logit_softcapping", 30) ?? 0), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-6, offset: 1), AttentionBias = bias, OutputBias = bias,
                AfterMixer = "post_attention_layernorm", BeforeFeed = "pre_feedforward_layernorm", AfterFeed = "post_feedforward_layernorm",
                Shape = i => sizes.Attention(window: windows[i], scale: scale, softCap: cap), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_activation") ?? "gelu_pytorch_tanh", c.Path),
            },
        }.Build(context);
    }

    /// <summary>What GGUF files of Gemma 2 and 3 say alike.</summary>
    public static JsonObject FromGguf(GgufMetadata m, string architecture, string type, int layersOfLargest, Func<string, bool> has)
    {
        var json = GgufConfigurations.Of(m, architecture, type, "rms_norm_eps", has);
        long Integer(string key) => json[key]!.GetValue<long>();
        json["query_pre_attn_scalar"] = m.FindNumber($"{architecture}.attention.scale") is { } scale ? 1 / (scale * scale)
            : Integer("num_hidden_layers") == layersOfLargest ? Integer("hidden_size") / Integer("num_attention_heads") : Integer("head_dim");
        json["sliding_window"] = m.FindInteger($"{architecture}.attention.sliding_window") ?? 4096;
        return json;
    }
}

using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>The text model of Gemma 3 (Gemma Team 2025): norms of queries and keys, five layers with a window for each that sees everything, a rotary base for each kind.</summary>
internal sealed class Gemma3 : IArchitecture
{
    /// <summary>Of the 27B model; see Gemma 2.</summary>
    private const int LayersOfLargest = 62;

    public IReadOnlyList<string> ModelTypes => ["gemma3_text"];

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "gemma3", Parts = GgufParts.Outer, LayerParts = [.. GgufParts.Maps, .. GgufParts.NormsAround, .. GgufParts.HeadNorms], Added = Gemma.AddedToNorms, IsPlain = false,
        Configuration = (m, has) =>
        {
            var json = Gemma2.FromGguf(m, "gemma3", "gemma3_text", LayersOfLargest, has);
            var sliding = new JsonObject { ["rope_theta"] = m.FindNumber("gemma3.rope.freq_base_swa") ?? 10000 };
            json["rope_parameters"] = new JsonObject { ["full_attention"] = json["rope_parameters"]!.DeepClone(), ["sliding_attention"] = sliding };
            GgufConfigurations.Put(json, "sliding_window_pattern", m.FindInteger("gemma3.attention.sliding_window_pattern"));
            GgufConfigurations.Put(json, "final_logit_softcapping", m.FindNumber("gemma3.final_logit_softcapping"));
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        c.Refuse("use_bidirectional_attention");
        var sizes = DecoderSizes.Read(c, headDim: 256);
        var pattern = c.OptionalInteger("sliding_window_pattern") ?? c.OptionalInteger("_sliding_window_pattern") ?? 6;
        if (pattern < 1)
            throw new ModelFileException($"'{c.Path}' has a 'sliding_window_pattern' below 1; every so many layers see everything");
        var windows = LayerWindows.Read(c, sizes.Layers, LayerWindows.Window(c, 4096), i => (i + 1) % pattern != 0);
        var (ropeOfFull, ropeOfSliding) = Ropes(c, sizes);
        var (full, sliding) = (new Rotary(ropeOfFull, context.Options), new Rotary(ropeOfSliding, context.Options));
        var (bias, epsilon) = (c.Flag("attention_bias"), c.OptionalNumber("rms_norm_eps") ?? 1e-6);
        var scale = (float)Math.Pow(c.OptionalNumber("query_pre_attn_scalar") ?? 256, -0.5);
        return new DecoderPlan
        {
            Name = "gemma3_text", Sizes = sizes, EmbeddingScale = MathF.Sqrt(sizes.Hidden), Tied = c.Flag("tie_word_embeddings", true),
            LogitCap = (float)(c.OptionalNumber("final_logit_softcapping") ?? 0), Rope = ropeOfFull, Owned = [full, sliding],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(epsilon, offset: 1), AttentionBias = bias, OutputBias = bias,
                AfterMixer = "post_attention_layernorm", BeforeFeed = "pre_feedforward_layernorm", AfterFeed = "post_feedforward_layernorm",
                QueryNorm = (p, _) => new HeadNorm(m.RmsNorm(p + "self_attn.q_norm", sizes.HeadDim, epsilon, offset: 1), sizes.HeadDim),
                KeyNorm = (p, _) => new HeadNorm(m.RmsNorm(p + "self_attn.k_norm", sizes.HeadDim, epsilon, offset: 1), sizes.HeadDim),
                Shape = i => sizes.Attention(window: windows[i], scale: scale), Rotary = i => windows[i] > 0 ? sliding : full,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_activation") ?? "gelu_pytorch_tanh", c.Path),
            },
        }.Build(context);
    }

    /// <summary>One object for each kind of layer; before, rope_theta with rope_scaling for the full ones and rope_local_base_freq.</summary>
    private static (RopeSettings Full, RopeSettings Sliding) Ropes(ConfigurationJson c, DecoderSizes sizes)
    {
        const double FullBase = 1e6, SlidingBase = 1e4;
        if (c.Object("rope_parameters") is { } parameters && (parameters.Has("full_attention") || parameters.Has("sliding_attention")))
            return (RopeConfigurations.Read(c, parameters.Object("full_attention"), sizes.HeadDim, sizes.Context, FullBase),
                RopeConfigurations.Read(c, parameters.Object("sliding_attention"), sizes.HeadDim, sizes.Context, SlidingBase));
        var full = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context, FullBase);
        return (full, new RopeSettings { Base = c.OptionalNumber("rope_local_base_freq") ?? SlidingBase, RotaryDims = full.RotaryDims });
    }
}

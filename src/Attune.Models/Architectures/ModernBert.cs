using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>
/// ModernBERT (Warner et al. 2024): pre-norm blocks without biases, rotary positions of two bases, windows to both sides in most layers, GeGLU; the first block's attention has no
/// norm of its own, for the embeddings have one.
/// </summary>
internal sealed class ModernBert : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["modernbert"];

    public bool IsHarmless(string tensor) => tensor.StartsWith("head.", StringComparison.Ordinal) || tensor.StartsWith("decoder.", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, sizes) = (context.Configuration, context.Modules, DecoderSizes.Read(context.Configuration));
        var prefix = context.Prefix("embeddings.tok_embeddings.weight", "", "model.");
        var (epsilon, normBias) = (c.OptionalNumber("norm_eps") ?? 1e-5, c.Flag("norm_bias"));
        NormModule Norm(string name) => m.LayerNorm(name, sizes.Hidden, epsilon, normBias);
        var tokens = m.Table(prefix + "embeddings.tok_embeddings.weight", sizes.Vocabulary, sizes.Hidden);
        var embedding = new TokenEmbedding(tokens) { Norm = Norm(prefix + "embeddings.norm") };
        var (full, local) = Rotaries(context, sizes);
        // A token sees half of the window to each side of itself.
        var window = sizes.Attention(causal: false, c.OptionalInteger("local_attention") / 2 + 1 ?? 65) with { Symmetric = true };
        var blocks = Enumerable.Range(0, sizes.Layers).Select(i =>
        {
            var (p, isFull) = ($"{prefix}layers.{i}.", IsFull(c, i));
            var norm = i == 0 ? null : Norm(p + "attn_norm");
            var maps = FusedMaps.SideBySide(m.Linear(p + "attn.Wqkv", i, 3 * sizes.Hidden, sizes.Hidden, c.Flag("attention_bias")), sizes.Hidden, sizes.Hidden, sizes.Hidden);
            var output = m.Linear(p + "attn.Wo", i, sizes.Hidden, sizes.Hidden, c.Flag("attention_bias"));
            var mixer = new AttentionMixer(maps, output, isFull ? sizes.Attention(causal: false) : window) { Rotary = isFull ? full : local };
            var feedNorm = Norm(p + "mlp_norm");
            var gated = FusedMaps.SideBySide(m.Linear(p + "mlp.Wi", i, 2 * sizes.Intermediate, sizes.Hidden, c.Flag("mlp_bias")), sizes.Intermediate, sizes.Intermediate);
            var down = m.Linear(p + "mlp.Wo", i, sizes.Hidden, sizes.Intermediate, c.Flag("mlp_bias"));
            return new TransformerBlock(mixer, new GatedFeedForward(gated, down, Activation(c, "hidden_activation"))) { BeforeMixer = norm, BeforeFeed = feedNorm };
        }).ToArray();
        var finalNorm = Norm(prefix + "final_norm");
        m.BeginHeads();
        return new StackedEncoder(m)
        {
            Name = "modernbert", Embedding = embedding, Blocks = new BlockStack(blocks), FinalNorm = finalNorm, Width = sizes.Hidden, Context = sizes.Context,
            Shape = sizes.Attention(causal: false), Owned = [full, local], Head = Head(context, tokens, sizes.Hidden, Norm),
        };
    }

    private static HeadModule? Head(ArchitectureContext context, TableModule tokens, int hidden, Func<string, NormModule> norm)
    {
        var (c, m) = (context.Configuration, context.Modules);
        if (context.Task is not (ModelTask.MaskedTokens or ModelTask.Labels) || context.Task == ModelTask.MaskedTokens && !m.HasHead("head.dense.weight"))
            return null;
        var (dense, activation, normed) = (m.Linear("head.dense", -1, hidden, hidden, c.Flag("classifier_bias")), Activation(c, "classifier_activation"), norm("head.norm"));
        if (context.Task == ModelTask.MaskedTokens)
            return new MaskedTokenHead(dense, activation, normed, m.Head("decoder", tokens, c.Flag("tie_word_embeddings", otherwise: true), c.Flag("decoder_bias", otherwise: true)));
        var pooling = c.OptionalText("classifier_pooling") ?? "cls";
        if (pooling is not ("cls" or "mean"))
            throw new ModelFileException($"'{c.Path}' has classifier_pooling '{pooling}'; known are cls and mean");
        return context.Labels(new PoolingHead(dense, activation) { Norm = normed, IsMean = pooling == "mean" }, "classifier", hidden);
    }

    /// <summary>New spelling: a list of kinds; old: every n-th layer sees all.</summary>
    private static bool IsFull(ConfigurationJson c, int layer)
    {
        if (c.Texts("layer_types") is not { } kinds)
            return layer % Math.Max(1, c.OptionalInteger("global_attn_every_n_layers") ?? 3) == 0;
        return layer < kinds.Length && kinds[layer] is "full_attention" or "sliding_attention" ? kinds[layer] == "full_attention"
            : throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has no known kind of layer {layer} in layer_types; expected full_attention or sliding_attention"));
    }

    /// <summary>New spelling: rope_parameters with an object for each kind; old: global_rope_theta and local_rope_theta.</summary>
    private static (Rotary Full, Rotary Local) Rotaries(ArchitectureContext context, DecoderSizes sizes)
    {
        var c = context.Configuration;
        Rotary Of(string kind, double angles)
        {
            var own = c.Object("rope_parameters")?.Object(kind);
            var settings = RopeConfigurations.Read(c, own, sizes.HeadDim, sizes.Context);
            return new Rotary(own is null ? settings with { Base = angles } : settings, context.Options);
        }
        var whole = c.OptionalNumber("global_rope_theta") ?? 160000;
        return (Of("full_attention", whole), Of("sliding_attention", c.OptionalNumber("local_rope_theta") ?? (c.Has("global_rope_theta") ? whole : 10000)));
    }

    private static ActivationKind Activation(ConfigurationJson c, string key) => ActivationKinds.Parse(c.OptionalText(key) ?? "gelu", c.Path);
}

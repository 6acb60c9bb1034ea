using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>Mamba-2 (Dao and Gu 2024): heads of channels with one decay each, and groups of heads that share input and output weights.</summary>
internal sealed class Mamba2 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["mamba2"];

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, layout) = (context.Configuration, context.Modules, new StateLayout());
        var (hidden, states, kernel, bias) = (c.Positive("hidden_size"), c.Positive("state_size"), c.Positive("conv_kernel"), c.Flag("use_bias"));
        var (heads, headDim, groups) = (c.Positive("num_heads"), c.Positive("head_dim"), c.Has("n_groups") ? c.Positive("n_groups") : 8);
        if (heads % groups != 0 || heads * headDim != c.Positive("expand") * hidden)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has {heads} heads of {headDim} in {groups} groups; the heads must fill {c.Positive("expand")} × {hidden} channels and be a multiple of the groups"));
        var epsilon = c.OptionalNumber("layer_norm_epsilon") ?? 1e-5;
        ActivationKinds.Require(c, "hidden_act", ActivationKind.Silu);
        var (channels, mixed) = (heads * headDim, heads * headDim + 2 * groups * states);
        var limits = c.Numbers("time_step_limit") switch
        {
            null => (0f, float.PositiveInfinity),
            [var low, var high] => ((float)low, (float)high),
            _ => throw new ModelFileException($"'{c.Path}' has a 'time_step_limit' that is not two numbers, the least and the largest step"),
        };
        var tokens = m.Table("backbone.embeddings.weight", c.Positive("vocab_size"), hidden);
        var blocks = Enumerable.Range(0, c.Positive("num_hidden_layers")).Select(i =>
        {
            var p = $"backbone.layers.{i}.";
            var norm = m.RmsNorm(p + "norm", hidden, epsilon);
            return new TransformerBlock(new Mamba2Mixer
            {
                HeadDim = headDim, Groups = groups, StateSize = states, StepLimits = limits,
                Input = m.Linear(p + "mixer.in_proj", i, channels + mixed + heads, hidden, bias),
                Convolution = m.Vector(p + "mixer.conv1d.weight", mixed, 1, kernel),
                ConvolutionBias = c.Flag("use_conv_bias", otherwise: true) ? m.Vector(p + "mixer.conv1d.bias", mixed) : null,
                StepBias = m.Vector(p + "mixer.dt_bias", heads),
                LogDecay = m.Vector(p + "mixer.A_log", heads),
                Skip = m.Vector(p + "mixer.D", heads),
                NormWeight = m.Vector(p + "mixer.norm.weight", channels), Epsilon = (float)epsilon,
                OutputMap = m.Linear(p + "mixer.out_proj", i, hidden, channels, bias),
                Inputs = layout.Add(kernel - 1, mixed),
                States = [.. Enumerable.Range(0, groups).Select(_ => layout.Add(channels / groups, states))],
            }, feed: null) { BeforeMixer = norm };
        }).ToArray();
        var finalNorm = m.RmsNorm("backbone.norm_f", hidden, epsilon);
        return new DecoderModel(m)
        {
            Name = "mamba2", Embedding = new TokenEmbedding(tokens), Blocks = new BlockStack(blocks), FinalNorm = finalNorm,
            Head = new ScoreHead(m.Head("lm_head", tokens, c.Flag("tie_word_embeddings"))), Width = hidden, Context = Mamba.Context,
            Shape = new AttentionShape(heads, heads, headDim, 1, Causal: true), OwnSites = Mamba.RecurrentSites, StateFloats = layout.Floats,
        };
    }

    public float[]? InitialValues(ConfigurationJson configuration, string name, IReadOnlyList<int> shape, SeededRandom random) =>
        name.EndsWith(".A_log", StringComparison.Ordinal) ? [.. Enumerable.Range(1, shape[0]).Select(i => MathF.Log(i))]
        : name.EndsWith(".D", StringComparison.Ordinal) ? Mamba.Ones(shape[0])
        : name.EndsWith(".dt_bias", StringComparison.Ordinal) ? Mamba.StepBias(shape[0], random)
        : null;
}

using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>Mamba (Gu and Dao 2023): blocks of selective state spaces; no attention, no positions, no feed-forward layers.</summary>
internal sealed class Mamba : IArchitecture
{
    /// <summary>There is no longest sequence; a bound on what one call may be given.</summary>
    internal const int Context = 1 << 20;

    /// <summary>What recurrent models have: no positions to map, no keys and values to put before.</summary>
    internal static readonly SiteKind[] RecurrentSites = [SiteKind.Prompt, SiteKind.Embeddings, SiteKind.Activations, SiteKind.Weights, SiteKind.Logits, SiteKind.Head];

    public IReadOnlyList<string> ModelTypes => ["mamba"];

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, layout) = (context.Configuration, context.Modules, new StateLayout());
        var (hidden, states, kernel, bias) = (c.Positive("hidden_size"), c.Positive("state_size"), c.Positive("conv_kernel"), c.Flag("use_bias"));
        var channels = c.OptionalInteger("intermediate_size") ?? c.Positive("expand") * hidden;
        var rank = c.Is("time_step_rank", "auto") ? (hidden + 15) / 16 : c.Positive("time_step_rank");
        var epsilon = c.OptionalNumber("layer_norm_epsilon") ?? 1e-5;
        ActivationKinds.Require(c, "hidden_act", ActivationKind.Silu);
        var tokens = m.Table("backbone.embeddings.weight", c.Positive("vocab_size"), hidden);
        var blocks = Enumerable.Range(0, c.Positive("num_hidden_layers")).Select(i =>
        {
            var p = $"backbone.layers.{i}.";
            var norm = m.RmsNorm(p + "norm", hidden, epsilon);
            return new TransformerBlock(new MambaMixer
            {
                Input = m.Linear(p + "mixer.in_proj", i, 2 * channels, hidden, bias),
                Convolution = m.Vector(p + "mixer.conv1d.weight", channels, 1, kernel),
                ConvolutionBias = c.Flag("use_conv_bias", otherwise: true) ? m.Vector(p + "mixer.conv1d.bias", channels) : null,
                Selection = m.Linear(p + "mixer.x_proj", i, rank + 2 * states, channels, bias: false),
                Step = m.Linear(p + "mixer.dt_proj", i, channels, rank, bias: true),
                LogDecay = m.Vector(p + "mixer.A_log", channels, states),
                Skip = m.Vector(p + "mixer.D", channels),
                OutputMap = m.Linear(p + "mixer.out_proj", i, hidden, channels, bias),
                Inputs = layout.Add(kernel - 1, channels), States = layout.Add(channels, states),
            }, feed: null) { BeforeMixer = norm };
        }).ToArray();
        var finalNorm = m.RmsNorm("backbone.norm_f", hidden, epsilon);
        return new DecoderModel(m)
        {
            Name = "mamba", Embedding = new TokenEmbedding(tokens), Blocks = new BlockStack(blocks), FinalNorm = finalNorm,
            Head = new ScoreHead(m.Head("lm_head", tokens, c.Flag("tie_word_embeddings", otherwise: true))), Width = hidden, Context = Context,
            Shape = new AttentionShape(1, 1, channels, 1, Causal: true), OwnSites = RecurrentSites, StateFloats = layout.Floats,
        };
    }

    public float[]? InitialValues(ConfigurationJson configuration, string name, IReadOnlyList<int> shape, SeededRandom random) =>
        name.EndsWith(".A_log", StringComparison.Ordinal) ? [.. Enumerable.Range(0, shape[0] * shape[1]).Select(i => MathF.Log(1 + i % shape[1]))]
        : name.EndsWith(".D", StringComparison.Ordinal) ? Ones(shape[0])
        : name.EndsWith(".dt_proj.bias", StringComparison.Ordinal) ? StepBias(shape[0], random)
        : null;

    internal static float[] Ones(int count)
    {
        var values = new float[count];
        Array.Fill(values, 1);
        return values;
    }

    /// <summary>softplus⁻¹ of steps between 0.001 and 0.1, uniform on the logarithm.</summary>
    internal static float[] StepBias(int count, SeededRandom random)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            var step = Math.Exp(Math.Log(0.001) + random.NextDouble() * (Math.Log(0.1) - Math.Log(0.001)));
            values[i] = (float)(step + Math.Log(-Math.Exp(-step) + 1));
        }
        return values;
    }
}

using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// RWKV v4 (Peng et al. 2023): blocks of time mixing and channel mixing over the token and the one before it. The halving of states every few blocks
/// (rescale_every), which guards float16, is not done: it cancels in the last norm.
/// </summary>
internal sealed class Rwkv : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["rwkv"];

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, layout) = (context.Configuration, context.Modules, new StateLayout());
        var hidden = c.Positive("hidden_size");
        var (width, inner) = (c.OptionalInteger("attention_hidden_size") ?? hidden, c.OptionalInteger("intermediate_size") ?? 4 * hidden);
        var epsilon = c.OptionalNumber("layer_norm_epsilon") ?? 1e-5;
        var tokens = m.Table("rwkv.embeddings.weight", c.Positive("vocab_size"), hidden);
        var blocks = Enumerable.Range(0, c.Positive("num_hidden_layers")).Select(i =>
        {
            var p = $"rwkv.blocks.{i}.";
            var before = i == 0 ? m.LayerNorm(p + "pre_ln", hidden, epsilon) : null;
            var mixerNorm = m.LayerNorm(p + "ln1", hidden, epsilon);
            var mixer = Mixer(m, p + "attention.", i, hidden, width, layout);
            var feedNorm = m.LayerNorm(p + "ln2", hidden, epsilon);
            return new TransformerBlock(mixer, Feed(m, p + "feed_forward.", i, hidden, inner, layout)) { BeforeBlock = before, BeforeMixer = mixerNorm, BeforeFeed = feedNorm };
        }).ToArray();
        var finalNorm = m.LayerNorm("rwkv.ln_out", hidden, epsilon);
        return new DecoderModel(m)
        {
            Name = "rwkv", Embedding = new TokenEmbedding(tokens), Blocks = new BlockStack(blocks), FinalNorm = finalNorm,
            Head = new ScoreHead(m.Head("head", tokens, c.Flag("tie_word_embeddings"))), Width = hidden, Context = Mamba.Context,
            Shape = new AttentionShape(1, 1, width, 1, Causal: true), OwnSites = Mamba.RecurrentSites, StateFloats = layout.Floats,
        };
    }

    private static RwkvMixer Mixer(ModuleBuilder m, string p, int layer, int hidden, int width, StateLayout layout) => new()
    {
        LogDecay = m.Vector(p + "time_decay", width),
        First = m.Vector(p + "time_first", width),
        MixKey = m.Vector(p + "time_mix_key", 1, 1, hidden),
        MixValue = m.Vector(p + "time_mix_value", 1, 1, hidden),
        MixReceptance = m.Vector(p + "time_mix_receptance", 1, 1, hidden),
        Key = m.Linear(p + "key", layer, width, hidden, bias: false),
        Value = m.Linear(p + "value", layer, width, hidden, bias: false),
        Receptance = m.Linear(p + "receptance", layer, width, hidden, bias: false),
        OutputMap = m.Linear(p + "output", layer, hidden, width, bias: false),
        Shift = new TokenShift(layout.Add(1, hidden)),
        Sums = layout.Add(WeightedKeyValueOperation.StateRows, width),
    };

    private static RwkvFeed Feed(ModuleBuilder m, string p, int layer, int hidden, int inner, StateLayout layout) => new()
    {
        MixKey = m.Vector(p + "time_mix_key", 1, 1, hidden),
        MixReceptance = m.Vector(p + "time_mix_receptance", 1, 1, hidden),
        Key = m.Linear(p + "key", layer, inner, hidden, bias: false),
        Receptance = m.Linear(p + "receptance", layer, hidden, hidden, bias: false),
        Value = m.Linear(p + "value", layer, hidden, inner, bias: false),
        Shift = new TokenShift(layout.Add(1, hidden)),
    };

    /// <summary>Decays and mixtures spread over channels and layers, as the authors begin.</summary>
    public float[]? InitialValues(ConfigurationJson configuration, string name, IReadOnlyList<int> shape, SeededRandom random)
    {
        if (!name.Contains(".time_", StringComparison.Ordinal))
            return null;
        var layers = configuration.Positive("num_hidden_layers");
        var layer = int.Parse(name.Split('.')[2], System.Globalization.CultureInfo.InvariantCulture);
        var (down, up, count) = (1 - layer / (double)layers, layers > 1 ? layer / (layers - 1.0) : 0, shape[^1]);
        var isFeed = name.Contains(".feed_forward.", StringComparison.Ordinal);
        Func<int, double> value = name[(name.LastIndexOf('.') + 1)..] switch
        {
            "time_decay" => i => -5 + 8 * Math.Pow(i / Math.Max(1.0, count - 1), 0.7 + 1.3 * up),
            "time_first" => i => Math.Log(0.3) + ((i + 1) % 3 - 1) * 0.5,
            "time_mix_value" => i => Math.Pow(i / (double)count, down) + 0.3 * up,
            "time_mix_receptance" when !isFeed => i => Math.Pow(i / (double)count, 0.5 * down),
            _ => i => Math.Pow(i / (double)count, down),
        };
        return [.. Enumerable.Range(0, count).Select(i => (float)value(i))];
    }
}

using System.Text.Json.Nodes;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Reproductions;

/// <summary>
/// Small decoders with rotary positions, and what trains them fast. "The token before" is the same rotation everywhere, so heads that pair a value with its input form in
/// a fraction of the steps that learned positions need at these sizes.
/// </summary>
internal static class SmallLlama
{
    /// <summary>What is left of the rate at the end.</summary>
    public const double Least = 0.05;

    /// <summary>A LLaMA with feed-forward parts of twice the width; maps begin with a deviation of 1/√(3·width).</summary>
    public static JsonObject Configuration(int layers, int heads, int width, int positions) => new()
    {
        ["model_type"] = "llama",
        ["hidden_size"] = width,
        ["intermediate_size"] = 2 * width,
        ["num_hidden_layers"] = layers,
        ["num_attention_heads"] = heads,
        ["max_position_embeddings"] = positions,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 100.0,
        ["initializer_range"] = 1 / Math.Sqrt(3.0 * width),
    };

    /// <summary>Muon for the maps of blocks at five times the rate, AdamW with β2 = 0.98 for the rest: at a rate of 0.003 the best of what was tried.</summary>
    public static StepOptions Options() => new()
    {
        Optimizer = () => new AdamW(new AdamOptions { Beta2 = 0.98 }),
        MatrixOptimizer = () => new Muon(new MuonOptions()),
        IsMatrix = p => p.Rows > 1 && p.Columns > 1 && p.Name.Contains("layers.", StringComparison.Ordinal),
        MatrixRate = 5,
    };

    /// <summary>Warm-up over a twentieth of the steps, then half a cosine down to a twentieth of <paramref name="rate"/>.</summary>
    public static Func<int, double> Rate(double rate, int steps) => LearningRateSchedule.Cosine(rate, steps / 20 + 1, steps, least: Least);
}

using System.Text.Json.Nodes;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>
/// A transformer of the catalog: GPT-Neo with a window in each layer, so that what it sees can be cut without changing its parameters. Its scores are not divided by
/// √d, with which attention sharpens sooner.
/// </summary>
internal sealed class AttentionLearner : IExampleLearner
{
    private readonly VectorLearner learner;

    /// <param name="window">Positions that one sees in each layer, itself included; the sequence's length: all before it.</param>
    public AttentionLearner(LearnerSizes sizes, int width, int window, SeededRandom random)
    {
        learner = new VectorLearner(Configuration(sizes, width, window), sizes.Inputs + sizes.Classes, sizes.Classes, random);
        StateSize = 2 * sizes.Layers * width * window;
    }

    public IReadOnlyList<Parameter> Parameters => learner.Parameters;

    public int StateSize { get; }

    public Tensor Logits(Graph graph, TaskSequences sequences) => learner.Forward(graph, sequences.Vectors, sequences.Count, sequences.Length);

    public void Dispose() => learner.Dispose();

    /// <summary>Heads have 16 dimensions, or all.</summary>
    private static JsonObject Configuration(LearnerSizes sizes, int width, int window) => new()
    {
        ["model_type"] = "gpt_neo", ["hidden_size"] = width, ["num_layers"] = sizes.Layers, ["num_heads"] = Math.Max(1, width / 16), ["max_position_embeddings"] = sizes.Length,
        ["attention_layers"] = new JsonArray([.. Enumerable.Repeat("local", sizes.Layers).Select(kind => (JsonNode)kind)]), ["window_size"] = window,
        ["initializer_range"] = 1 / Math.Sqrt(3.0 * width),
    };
}

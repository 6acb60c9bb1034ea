using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Reproductions.Texts;

/// <summary>A model with initial weights and a task of random tokens, of which some are commoner under one label: what runs where nothing else is at hand.</summary>
internal static class TinyTask
{
    private const int Vocabulary = 64;
    private const int Words = 12;

    public static CausalLanguageModel Model(SeededRandom random, int layers = 2, int width = 32) => (CausalLanguageModel)NewModel.Create(new JsonObject
    {
        ["model_type"] = "llama", ["hidden_size"] = width, ["intermediate_size"] = 2 * width, ["num_hidden_layers"] = layers, ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 2, ["vocab_size"] = Vocabulary, ["max_position_embeddings"] = 1024, ["rms_norm_eps"] = 1e-5, ["tie_word_embeddings"] = true,
        ["initializer_range"] = 0.2,
    }, random);

    public static PromptTask Create(SeededRandom random, int rows, int labels = 2)
    {
        IReadOnlyList<PromptRow> Rows(SeededRandom own) => [.. Enumerable.Range(0, rows).Select(i => Row(own, i % labels))];
        // The last tokens of the vocabulary are labels and separators.
        return new PromptTask("tiny", Rows(random.Fork("train")), Rows(random.Fork("test")), [.. Enumerable.Range(0, labels).Select(l => new[] { Vocabulary - 1 - l })], [Vocabulary - 9], []);
    }

    private static PromptRow Row(SeededRandom random, int label)
    {
        var tokens = new int[5 + random.Next(3)];
        for (var i = 0; i < tokens.Length - 1; i++)
            tokens[i] = random.Next(2) == 0 ? random.Next(Vocabulary - 10) : label * Words + random.Next(Words);
        tokens[^1] = Vocabulary - 10;
        return new PromptRow(string.Join(' ', tokens), tokens, label);
    }
}

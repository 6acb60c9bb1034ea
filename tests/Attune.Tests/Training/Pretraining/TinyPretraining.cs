using System.Text.Json.Nodes;
using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

/// <summary>A training of a few thousand weights on a text of the test's own, in a folder that is gone afterwards.</summary>
internal sealed class TinyPretraining : IDisposable
{
    private static readonly string[] Words = "the a cat dog bird sees likes has red blue old small house tree and but in under over".Split(' ');

    private readonly string root = Directory.CreateTempSubdirectory("attune-pretrain-").FullName;

    public TinyPretraining()
    {
        TextPath = this["text.txt"];
        File.WriteAllText(TextPath, Text(40, 12));
    }

    public string TextPath { get; }

    public string this[string name] => Path.Combine(root, name);

    public static PretrainingPlan Plan { get; } = new()
    {
        Name = "tiny", Seed = 3, Context = 24, TokensPerStep = 96, Parts = 2, Steps = 6,
        Configuration = new JsonObject
        {
            ["model_type"] = "llama", ["hidden_size"] = 16, ["intermediate_size"] = 24, ["num_hidden_layers"] = 2, ["num_attention_heads"] = 2, ["num_key_value_heads"] = 1, ["tie_word_embeddings"] = true,
        },
        Optimizer = new OptimizerPlan { Muon = true, Rate = 0.01 }, Schedule = new SchedulePlan { Shape = RateShape.Wsd, WarmUp = 2 }, Average = 0.9, LabelWeight = 0.5,
        Evaluation = new EvaluationPlan { Every = 3, Documents = 4 }, Checkpoint = new CheckpointPlan { Every = 2 },
    };

    /// <summary>Documents of some sentences, with empty lines between them.</summary>
    public static string Text(int documents, int sentences)
    {
        var random = new SeededRandom(5);
        return string.Join("\n\n", Enumerable.Range(0, documents).Select(_ => string.Join(' ', Enumerable.Range(0, sentences)
            .Select(_ => string.Join(' ', Enumerable.Range(0, 6).Select(_ => Words[random.Next(Words.Length)])) + "."))));
    }

    public TextSource Source(string name = "text", TextBorders borders = TextBorders.BlankLine) => new(name, [TextPath], borders, 0.1, new SeededRandom(3).Fork("source " + name));

    public PretrainingRequest Request(string folder, PretrainingPlan? plan = null) => new()
    {
        Plan = plan ?? Plan, Folder = this[folder], Tokenizer = new TokenizerPlan { Vocabulary = 270, SampleCharacters = 20_000 }, Sources = [new MixturePart(Source(), 1)],
    };

    public static byte[] Weights(PretrainingResult result) => File.ReadAllBytes(Path.Combine(result.ModelFolder, "model.safetensors"));

    public void Dispose() => Directory.Delete(root, recursive: true);
}

using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class OutputTests : IDisposable
{
    private readonly TinyPretraining tiny = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Model_Loaded_GivesTheLogitsOfTheTrainedWeights(bool averaged)
    {
        var result = Pretrainer.Run(tiny.Request("run", TinyPretraining.Plan with { Average = averaged ? 0.9 : null }), new PretrainingRecorder(), default);
        using var loaded = ModelLoader.LoadLanguageModel(result.ModelFolder);
        using var checkpoint = SafetensorsFile.Open(Path.Combine(tiny["run"], "checkpoints", "step-6", "state.safetensors"));
        var configuration = JsonFile.ReadObject(Path.Combine(result.ModelFolder, "config.json"));
        using var trained = new TrainableModel(NewModel.Create(configuration, new SeededRandom(9)));
        foreach (var p in trained.Parameters)
            checkpoint.Tensors[(averaged ? "average." : "weights.") + p.Name].ReadFloat32(p.Value.Span);
        Assert.Equal(Logits((CausalLanguageModel)trained.Model, trained.Sites), Logits(loaded.Transformer, null));
        Assert.Equal([0], loaded.EndIds);
        Assert.Equal("the cat sees.", loaded.Tokenizer.Decode(loaded.Tokenizer.Encode("the cat sees.", addSpecial: false), skipSpecial: false));
    }

    [Fact]
    public void Card_OfARun_SaysOnWhatAndHowMuch()
    {
        var request = tiny.Request("run") with
        {
            Card = new ModelCardText { Licence = "apache-2.0", Language = "en", Description = "A test.", Limits = "It knows nothing.", DataLicences = new Dictionary<string, string> { ["text"] = "free" } },
        };
        var result = Pretrainer.Run(request, new PretrainingRecorder(), default);
        var card = File.ReadAllText(Path.Combine(result.ModelFolder, "README.md"));
        Assert.StartsWith("---\nlanguage: en\nlicense: apache-2.0\n", card, StringComparison.Ordinal);
        Assert.Contains("6 steps of 96 tokens: 576 tokens in all", card, StringComparison.Ordinal);
        Assert.Contains("| text | 100.0% | 576 |", card, StringComparison.Ordinal);
        Assert.Contains("It knows nothing.", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Card_OfASourceThatIsReadForAThirdOfTheSteps_HasItsShareOfWhatWasRead()
    {
        var request = tiny.Request("run") with { Sources = [new MixturePart(tiny.Source(), 1), new MixturePart(tiny.Source("first"), 3, Until: 0.3)] };
        var card = File.ReadAllText(Path.Combine(Pretrainer.Run(request, new PretrainingRecorder(), default).ModelFolder, "README.md"));
        // Of six steps two are read from both, 3 to 1: 2·96·3/4 = 144 of 576 tokens, up to a document; by weights it would be 75%.
        var share = double.Parse(System.Text.RegularExpressions.Regex.Match(card, @"\| first \| ([\d.]+)% \|").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(share, 20, 30);
    }

    [Fact]
    public void Model_Written_NamesItsClassAndItsTokensRoles()
    {
        var result = Pretrainer.Run(tiny.Request("run", TinyPretraining.Plan with { Steps = 2 }), new PretrainingRecorder(), default);
        Assert.Equal("LlamaForCausalLM", (string?)JsonFile.ReadObject(Path.Combine(result.ModelFolder, "config.json"))["architectures"]![0]);
        var tokenizer = JsonFile.ReadObject(Path.Combine(result.ModelFolder, "tokenizer_config.json"));
        Assert.Equal(("PreTrainedTokenizerFast", "<|endoftext|>", 24), ((string?)tokenizer["tokenizer_class"], (string?)tokenizer["eos_token"], (int?)tokenizer["model_max_length"]));
    }

    [Fact]
    public void Steps_OfEveryRun_HaveExactlyTheTokensAskedFor()
    {
        var recorder = new PretrainingRecorder();
        Pretrainer.Run(tiny.Request("run"), recorder, default);
        Assert.All(recorder.Steps, s => Assert.Equal(96, s.Tokens));
        // Two maps of 16 to 8 each for keys and values, and so on: 6 operations a weight and token, before attention.
        var weights = 2 * (16 * 16 + 2 * 8 * 16 + 16 * 16 + 3 * 16 * 24) + 16 * 270;
        Assert.All(recorder.Steps, s => Assert.InRange(s.Operations, 6.0 * weights * 96, 6.0 * weights * 96 + 12.0 * 2 * 16 * 96 * 25 / 2));
    }

    public void Dispose() => tiny.Dispose();

    private static float[] Logits(CausalLanguageModel model, Attune.Models.Sites.SiteSet? sites)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add([5, 99, 42, 260, 7]);
        return model.Logits(graph, model.Forward(graph, batch, sites), batch, sites).Span.ToArray();
    }
}

using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Saving;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Tests.Models.Files;
using Attune.Training;

namespace Attune.Tests.Models.Architectures;

/// <summary>Models that begin untrained: what they begin with, that they learn, and that what is written is what was trained.</summary>
public sealed class NewModelTests
{
    private const string Llama = """{"model_type":"llama","vocab_size":64,"hidden_size":32,"intermediate_size":48,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,"max_position_embeddings":64,"tie_word_embeddings":true}""";
    private const string Gpt2 = """{"model_type":"gpt2","vocab_size":64,"n_embd":32,"n_layer":2,"n_head":4,"n_positions":64}""";
    private const string Mamba = """{"model_type":"mamba","vocab_size":64,"hidden_size":32,"state_size":4,"conv_kernel":4,"expand":2,"time_step_rank":4,"use_bias":false,"num_hidden_layers":2,"hidden_act":"silu"}""";
    private const string Rwkv = """{"model_type":"rwkv","vocab_size":64,"hidden_size":32,"num_hidden_layers":2}""";

    public static TheoryData<string> Decoders => [Llama, Gpt2, Mamba, Rwkv];

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Create_Decoder_KnowsNothingThenLearns(string configuration)
    {
        using var model = New(configuration, 1);
        var language = (CausalLanguageModel)model.Model;
        int[] text = [7, 3, 9, 3, 12, 7, 5, 3, 9, 40, 41, 42];
        using var trainer = new StepTrainer(model.Parameters, new StepOptions { Optimizer = () => new AdamW(new AdamOptions()) });
        var losses = new List<double>();
        for (var step = 1; step <= 30; step++)
            losses.Add(trainer.Step(step, 0.01, (graph, _) =>
            {
                var batch = new TokenBatch();
                batch.Add(text.AsSpan(..^1));
                return language.Loss(graph, language.Forward(graph, batch, model.Sites), text.AsSpan(1), batch, model.Sites);
            }).Loss);
        // A model that knows nothing gives each of 64 tokens about the same chance.
        Assert.InRange(losses[0], Math.Log(64) - 0.15, Math.Log(64) + 0.15);
        Assert.True(losses[^1] < 1, $"after 30 steps on one text the loss is {losses[^1]}");
    }

    [Theory]
    [InlineData("""{"model_type":"bert","architectures":["BertForMaskedLM"],"vocab_size":40,"hidden_size":32,"intermediate_size":48,"num_hidden_layers":1,"num_attention_heads":2,"max_position_embeddings":16}""")]
    [InlineData("""{"model_type":"modernbert","architectures":["ModernBertForMaskedLM"],"vocab_size":40,"hidden_size":32,"intermediate_size":48,"num_hidden_layers":1,"num_attention_heads":2,"max_position_embeddings":16}""")]
    public void Create_EncoderForMaskedTokens_HasTheHeadThatItsClassNames(string configuration)
    {
        using var model = NewModel.Create(JsonNode.Parse(configuration)!.AsObject(), new SeededRandom(1));
        Assert.Equal(40, ((EncoderModel)model).Head?.Outputs);
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Create_SameSeed_SameWeightsAndAnotherSeedOthers(string configuration)
    {
        using TrainableModel a = New(configuration, 5), b = New(configuration, 5), c = New(configuration, 6);
        Assert.All(a.Parameters.Zip(b.Parameters), p => Assert.Equal(p.First.Value.Span.ToArray(), p.Second.Value.Span.ToArray()));
        Assert.False(a.Parameters[0].Value.Span.SequenceEqual(c.Parameters[0].Value.Span));
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Write_ThenLoad_GivesTheTrainedWeights(string configuration) => RoundTrip(JsonNode.Parse(configuration)!.AsObject());

    [Fact]
    public void Create_BranchEnds_AreSmallerByTheSquareRootOfTwiceTheLayers()
    {
        using var model = New(Llama, 3);
        var (query, output) = (Deviation("model.layers.0.self_attn.q_proj.weight"), Deviation("model.layers.0.self_attn.o_proj.weight"));
        Assert.InRange(query, 0.0185, 0.0215); // 1,024 draws of deviation 0.02
        Assert.InRange(output, 0.00925, 0.01075); // 0.02 / √(2·2)
        Assert.All(model.Parameters.Single(p => p.Name == "model.norm.weight").Value.Span.ToArray(), v => Assert.Equal(1f, v));

        double Deviation(string name) => Math.Sqrt(model.Parameters.Single(p => p.Name == name).Value.Span.ToArray().Average(v => (double)v * v));
    }

    [Fact]
    public void Create_UnknownArchitecture_ListsTheKnown()
    {
        var e = Assert.ThrowsAny<AttuneException>(() => New("""{"model_type":"lama"}""", 1));
        Assert.Contains("'lama'", e.Message, StringComparison.Ordinal);
        Assert.Contains("llama", e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Folders => [.. TestFolders.AllFixtures("architectures").SelectMany(Directory.EnumerateDirectories).Where(d => File.Exists(Path.Combine(d, "config.json"))).Order(StringComparer.Ordinal).DefaultIfEmpty("")];

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    [Trait("Category", "Goldens")]
    public void Write_ConfigurationOfAGolden_LoadsWithTheSameWeights(string folder)
    {
        Skip.If(folder.Length == 0, "there are no architectures under the fixture folders");
        RoundTrip(JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject());
    }

    private static void RoundTrip(JsonObject configuration)
    {
        using var model = new TrainableModel(NewModel.Create(configuration, new SeededRandom(9)));
        var random = new SeededRandom(10);
        foreach (var p in model.Parameters)
            for (var i = 0; i < p.Count; i++)
                p.Value.Span[i] += (float)(0.01 * random.NextNormal());
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model");
        NewModelFolder.Write(path, configuration, model.Tensors(TensorType.F32), "{}", endId: null, "a model");
        using var loaded = ModelLoader.LoadTransformer(path);
        using var again = new TrainableModel(loaded);
        Assert.Equal(model.Parameters.Select(p => p.Name), again.Parameters.Select(p => p.Name));
        Assert.All(model.Parameters.Zip(again.Parameters), p => Assert.True(p.First.Value.Span.SequenceEqual(p.Second.Value.Span), p.First.Name));
    }

    private static TrainableModel New(string configuration, ulong seed) => new(NewModel.Create(JsonNode.Parse(configuration)!.AsObject(), new SeededRandom(seed)));
}

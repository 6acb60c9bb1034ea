using Attune.Data;
using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Tests.Methods;

/// <summary>What must hold of every method, on tiny models: written once, run over the catalog.</summary>
[Collection("Reference")]
public sealed class MethodConformanceTests
{
    public static TheoryData<string> Names => [.. Catalog.All.Select(m => m.Card.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_AndPredict_LeaveTheModelsAsTheyWere(string name)
    {
        using var world = new World();
        var before = (TinyModels.Checksum(world.Model.Transformer), TinyModels.Checksum(world.Encoder.Transformer));
        world.Predict(world.Fit(name));
        Assert.Equal(before.Item1, TinyModels.Checksum(world.Model.Transformer));
        Assert.Equal(before.Item2, TinyModels.Checksum(world.Encoder.Transformer));
    }

    [Fact]
    public void Quick_IsTheMethodsThatTrainNoWeightsAndFitInSeconds() =>
        Assert.Equal(["icl-knn", "icl-random", "linear-probe", "majority", "zero-shot"], Catalog.Of(MethodSet.Quick).Select(m => m.Card.Name).Order(StringComparer.Ordinal));

    /// <summary>What a comparison runs by default must stay as small as docs/command-line.md says, however many methods there are.</summary>
    [Fact]
    public void Standard_IsOneOrTwoMethodsForEachWayOfAdapting() =>
        Assert.Equal(["icl-calibrated", "icl-knn", "icl-random", "icv", "linear-probe", "lora", "majority", "setfit", "zero-shot"], Catalog.Of(MethodSet.Standard).Select(m => m.Card.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void SaveAndLoad_GiveIdenticalPredictions(string name)
    {
        using var world = new World();
        var fitted = world.Fit(name);
        var expected = world.Predict(fitted);
        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Assert.True(AdaptationStore.Save(fitted, folder) > 0);
            var loaded = AdaptationStore.Load(folder);
            Assert.Equal(fitted.Provenance, loaded.Provenance);
            Same(expected, world.Predict(loaded));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_SameSeed_SamePredictions(string name)
    {
        using var world = new World();
        Same(world.Predict(world.Fit(name)), world.Predict(world.Fit(name)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_OneOrTwoThreads_SameBits(string name)
    {
        var threads = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            IReadOnlyList<Prediction> one, two;
            using (var world = new World())
                one = world.Predict(world.Fit(name));
            ThreadTeam.Threads = 2;
            using (var world = new World())
                two = world.Predict(world.Fit(name));
            Same(one, two);
        }
        finally
        {
            ThreadTeam.Threads = threads;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Predict_RowsTogether_EqualRowsAlone(string name)
    {
        using var world = new World();
        var fitted = world.Fit(name);
        var together = world.Predict(fitted);
        using var predictor = new Predictor(fitted, world.Model, world.Encoder, OverflowPolicy.Error);
        Same(together, [.. world.Inputs.Reverse().Select(i => predictor.Predict([i])[0]).Reverse()]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Predict_Probabilities_AddToOne(string name)
    {
        using var world = new World();
        foreach (var prediction in world.Predict(world.Fit(name)))
        {
            Assert.Equal(1, prediction.Probabilities.Sum(), 9);
            Assert.Equal(prediction.Probabilities.Max(), prediction.Probabilities[prediction.Labels.ToList().IndexOf(prediction.Label!)]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Options_AsJson_RoundTrip(string name)
    {
        var method = Catalog.Get(name);
        var text = OptionsJson.Write(method.DefaultOptions);
        var read = OptionsJson.Read(method, System.Text.Json.Nodes.JsonNode.Parse(text)!.AsObject());
        Assert.Equal(text, OptionsJson.Write(read));
        foreach (var property in method.DefaultOptions.GetType().GetProperties().Where(p => p.CanWrite))
            Assert.Contains(Catalog.Options(method), o => o.Name == OptionsJson.Name(property.Name) && o.Meaning.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_Cancelled_Throws(string name)
    {
        using var world = new World();
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => world.Fit(name, world.Rows, source.Token));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_WithoutRows_WorksOrSaysWhatItNeeds(string name)
    {
        using var world = new World();
        if (Catalog.Get(name).Card.LeastRows == 0)
            Assert.Equal(world.Inputs.Count, world.Predict(world.Fit(name, [])).Count);
        else
            Assert.Contains("labelled rows", Assert.Throws<AttuneException>(() => world.Fit(name, [])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_OneLabelOnly_Works(string name)
    {
        using var world = new World();
        var rows = world.Rows.Where(r => r.Label == "positive").ToArray();
        Assert.Equal(world.Inputs.Count, world.Predict(world.Fit(name, rows)).Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_WithoutTheModelItNeeds_SaysHowToGiveOne(string name)
    {
        using var world = new World();
        var card = Catalog.Get(name).Card;
        var context = world.Context(world.Rows) with { Model = null, Encoder = null };
        if (card.View == ModelView.None)
            Assert.NotNull(Catalog.Get(name).Fit(context, Catalog.Get(name).DefaultOptions));
        else
            Assert.Contains("--", Assert.Throws<AttuneException>(() => Catalog.Get(name).Fit(context, Catalog.Get(name).DefaultOptions)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Card_HasPaperCostAndARowInTheDocumentation(string name)
    {
        var card = Catalog.Get(name).Card;
        Assert.False(string.IsNullOrWhiteSpace(card.Paper));
        Assert.False(string.IsNullOrWhiteSpace(card.Cost));
        Assert.False(string.IsNullOrWhiteSpace(card.Summary));
        var rows = File.ReadLines(Path.Combine(TestFolders.RepositoryRoot, "docs", "methods.md"));
        Assert.Contains(rows, r => r.StartsWith($"| `{name}` |", StringComparison.Ordinal));
    }

    private static void Same(IReadOnlyList<Prediction> expected, IReadOnlyList<Prediction> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Label, actual[i].Label);
            Assert.Equal(expected[i].Probabilities.Select(BitConverter.DoubleToInt64Bits), actual[i].Probabilities.Select(BitConverter.DoubleToInt64Bits));
        }
    }

    /// <summary>The same methods over a model that reads the prompt with an encoder: what a method hangs on sites acts on either side.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_AndPredict_OnAnEncoderDecoder_SameTwiceAndTheModelAsItWas(string name)
    {
        using var world = new World(TinyModels.EncoderDecoder(context: 2048));
        var before = TinyModels.Checksum(world.Model.Transformer);
        Adaptation fitted;
        try
        {
            fitted = world.Fit(name);
        }
        catch (AttuneException e) when (e.Message.Contains("use another method", StringComparison.Ordinal))
        {
            // A method that needs what the architecture lacks says so.
            Assert.Contains(world.Model.Transformer.Architecture, e.Message, StringComparison.Ordinal);
            return;
        }
        var first = world.Predict(fitted);
        Assert.Equal(before, TinyModels.Checksum(world.Model.Transformer));
        Assert.All(first, p => Assert.Equal(1, p.Probabilities.Sum(), 1e-6));
        Same(first, world.Predict(world.Fit(name)));
    }

    private sealed class World : IDisposable
    {
        private readonly TaskSpec task;

        public World(LanguageModel? model = null)
        {
            Model = model ?? TinyModels.Language(context: 2048);
            (task, var rows) = TinyModels.Task(28);
            Rows = [.. rows.Take(16)];
            Inputs = [.. rows.Skip(16).Select(r => r.Input)];
        }

        public LanguageModel Model { get; }

        public SentenceEncoder Encoder { get; } = TinyModels.Encoder();

        public IReadOnlyList<Example> Rows { get; }

        public IReadOnlyList<Input> Inputs { get; }

        public FitContext Context(IReadOnlyList<Example> rows, CancellationToken cancel = default) =>
            new() { Task = task, Examples = rows, Model = Model, Encoder = Encoder, Seed = 7, Cancellation = cancel };

        public Adaptation Fit(string name) => Fit(name, Rows, default);

        public Adaptation Fit(string name, IReadOnlyList<Example> rows, CancellationToken cancel = default)
        {
            var method = Catalog.Get(name);
            // What must hold does so after a few steps too.
            return method.Fit(Context(rows, cancel), method.DefaultOptions is AdapterOptions options ? options with { MaxSteps = 3 } : method.DefaultOptions);
        }

        public IReadOnlyList<Prediction> Predict(Adaptation adaptation)
        {
            using var predictor = new Predictor(adaptation, Model, Encoder, OverflowPolicy.Error);
            return predictor.Predict(Inputs);
        }

        public void Dispose()
        {
            Model.Dispose();
            Encoder.Dispose();
        }
    }
}

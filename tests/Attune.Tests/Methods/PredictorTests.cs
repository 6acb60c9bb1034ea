using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Methods;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Tests.Methods;

public sealed class PredictorTests : IDisposable
{
    private readonly LanguageModel model = TinyModels.Language(context: 64);
    private readonly SentenceEncoder encoder = TinyModels.Encoder();
    private readonly TaskSpec task = TinyModels.Task(4).Task;

    [Fact]
    public void New_ModelOfAnotherName_NamesBoth()
    {
        var e = Assert.Throws<AttuneException>(() => New(Adaptation("some model 1234", "")));
        Assert.Contains("'some model'", e.Message, StringComparison.Ordinal);
        Assert.Contains("'tiny'", e.Message, StringComparison.Ordinal);
        Assert.Equal(AttuneErrorKind.Request, e.Kind);
    }

    [Fact]
    public void New_FileChanged_NamesBothHashes()
    {
        var e = Assert.Throws<AttuneException>(() => New(Adaptation("tiny 1234", "")));
        Assert.Contains("hash 0000, then 1234", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_EncoderChanged_IsRefused() =>
        Assert.Contains("--encoder", Assert.Throws<AttuneException>(() => New(Adaptation("", "tiny-encoder 9"))).Message, StringComparison.Ordinal);

    [Fact]
    public void New_SameModelsOrAnyModel_IsTaken()
    {
        New(Adaptation("tiny 0000", "tiny-encoder 0001")).Dispose();
        New(Adaptation("tiny 1234", "tiny-encoder 9"), anyModel: true).Dispose();
    }

    [Fact]
    public void Predict_PromptThatFitsOnlyWithoutTheInterventionsPrefix_FollowsThePolicy()
    {
        // "review: …\nlabel:" with " negative" behind it: 15 + 9 bytes around the text, in a context of 64.
        var input = Input.FromText(new string('x', 64 - 24));
        using var plain = New(Adaptation("", ""));
        Assert.False(plain.Predict([input])[0].Overflow.Length > 0);
        using var prefixed = New(Adaptation("", "", new Prefix(5)));
        Assert.Equal("truncated 5 tokens", prefixed.Predict([input])[0].Overflow);
    }

    [Fact]
    public void Read_TensorsOfAnAdaptationThatAreNotFinite_NamesFileTensorAndElement()
    {
        var path = Path.Combine(Path.GetTempPath(), $"attune-bag-{Guid.NewGuid():N}.safetensors");
        var bag = new TensorBag();
        bag.Add("direction", 2, 2, [1, float.NegativeInfinity, float.NaN, 4]);
        bag.Write(path);
        try
        {
            var e = Assert.ThrowsAny<AttuneException>(() => TensorBag.Read(path));
            Assert.Contains($"'{path}'", e.Message, StringComparison.Ordinal);
            Assert.Contains("'direction' at element 2", e.Message, StringComparison.Ordinal);
            Assert.Equal(AttuneErrorKind.Work, e.Kind);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public void Dispose()
    {
        model.Dispose();
        encoder.Dispose();
    }

    private Predictor New(Adaptation adaptation, bool anyModel = false) => new(adaptation, model, encoder, OverflowPolicy.Truncate, anyModel);

    private Adaptation Adaptation(string modelName, string encoderName, params Intervention[] interventions) =>
        new(task, interventions, new Provenance("test", "{}", task.Name, modelName, encoderName, 0, 0, "0"));

    /// <summary>Random keys and values before every sequence.</summary>
    private sealed class Prefix(int length) : Intervention, IModelIntervention
    {
        private readonly Arena store = new();

        public override SiteKind Site => SiteKind.KeysValues;

        public override string Summary => "a prefix";

        public override JsonObject Save(TensorBag tensors) => [];

        public void Attach(SiteSet sites, LanguageModel model)
        {
            var random = new SeededRandom(4);
            Tensor Random()
            {
                var t = store.Matrix(length, model.Transformer.KvHeads * model.Transformer.HeadDim);
                foreach (ref var v in t.Span)
                    v = (float)random.NextNormal();
                return t;
            }
            sites.Prefix = new KeyValuePrefix(
                length, [.. Enumerable.Range(0, model.Transformer.Layers).Select(_ => Random())], [.. Enumerable.Range(0, model.Transformer.Layers).Select(_ => Random())]) { Owner = store };
        }
    }
}

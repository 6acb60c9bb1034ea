using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors.Autograd;
using Attune.Tests.Models.Architectures;
using Attune.Tests.Models.Files;

namespace Attune.Tests.Models;

/// <summary>Sentences through every encoder, and how folders of sentence-transformers say what is pooled.</summary>
public sealed class SentenceEncoderTests
{
    private static readonly string[] Sentences = ["good film", "the plot was very dull", "a"];

    public static TheoryData<string> Names => new(TinyArchitectures.Encoders.Keys);

    /// <summary>The mean over a text's states, or its first, divided by its length; by hand in float64.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Embed_EveryEncoder_IsThePooledState(string name)
    {
        foreach (var first in new[] { false, true })
        {
            using var encoder = Create(name, new SentenceSettings(16, first, Normalise: true));
            var vectors = encoder.Embed(Sentences);
            for (var i = 0; i < Sentences.Length; i++)
            {
                var expected = Pooled(encoder, encoder.Tokens(Sentences[i]), first);
                for (var j = 0; j < expected.Length; j++)
                    Assert.InRange(vectors[i][j] - expected[j], -1e-5, 1e-5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Embed_TextsTogether_EqualTextsAloneBitForBit(string name)
    {
        using var encoder = Create(name, new SentenceSettings(16, false, Normalise: true));
        var together = encoder.Embed(Sentences);
        for (var i = 0; i < Sentences.Length; i++)
            Assert.Equal(together[i], encoder.Embed([Sentences[i]])[0]);
    }

    /// <summary>A language model in an encoder's place; the mean over its states by hand in float64.</summary>
    [Fact]
    public void Embed_OfALanguageModel_IsTheMeanOfItsStates()
    {
        using var folder = new TemporaryFolder();
        using var encoder = ModelLoader.LoadEncoder(TinyFiles.WriteGguf(Path.Combine(folder.Path, "tiny.gguf")));
        var together = encoder.Embed(Sentences);
        for (var i = 0; i < Sentences.Length; i++)
        {
            Assert.Equal(Sentences[i].Length, encoder.Tokens(Sentences[i]).Length);
            var expected = Pooled(encoder, encoder.Tokens(Sentences[i]), first: false, normalise: false);
            Assert.Equal(together[i], encoder.Embed([Sentences[i]])[0]);
            Assert.All(expected.Zip(together[i]), p => Assert.InRange(p.Second - p.First, -1e-5, 1e-5));
        }
    }

    [Fact]
    public void Read_OfALanguageModelsFolder_IsTheMeanUnlessItSaysOtherwise()
    {
        using var said = Folder("""{"pooling_mode": "mean"}""");
        using var unsaid = new TemporaryFolder();
        Assert.Equal(new SentenceSettings(512, false, Normalise: false), SentenceSettings.Read(unsaid.Path, 512, SentenceSettings.Mean(512)));
        Assert.Equal(new SentenceSettings(512, false, Normalise: true), SentenceSettings.Read(unsaid.Path, 512));
        Assert.Equal(new SentenceSettings(128, false, Normalise: true), SentenceSettings.Read(said.Path, 512, SentenceSettings.Mean(512)));
    }

    [Fact]
    public void Tokens_OfALanguageModel_AreCutAtTheEndAndNeverNone()
    {
        using var model = TinyModels.Language();
        using var encoder = new SentenceEncoder(model.Description, model.Transformer, model.Tokenizer, SentenceSettings.Mean(4));
        Assert.Equal([.. "abcd".Select(c => model.Tokenizer.Encode($"{c}", addSpecial: false)[0])], encoder.Tokens("abcdefg"));
        Assert.Equal(1, encoder.Truncated);
        Assert.Equal([256], encoder.Tokens(""));
    }

    [Theory]
    [InlineData("""{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}""", true)]
    [InlineData("""{"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}""", false)]
    [InlineData("""{"pooling_mode": "cls"}""", true)]
    [InlineData("""{"pooling_mode": "mean"}""", false)]
    public void Read_EitherSpellingOfPooling_IsUnderstood(string pooling, bool first)
    {
        using var folder = Folder(pooling);
        var settings = SentenceSettings.Read(folder.Path, longest: 512);
        Assert.Equal(new SentenceSettings(128, first, Normalise: true), settings);
        Assert.Equal(64, SentenceSettings.Read(folder.Path, longest: 64).MaxTokens);
    }

    [Theory]
    [InlineData("""{"pooling_mode_max_tokens": true}""", "max_tokens")]
    [InlineData("""{"pooling_mode": "lasttoken"}""", "lasttoken")]
    [InlineData("""{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true}""", "mean_tokens and cls_token")]
    public void Read_OtherPooling_IsRefusedByName(string pooling, string said)
    {
        using var folder = Folder(pooling);
        Assert.Contains(said, Assert.Throws<ModelFileException>(() => SentenceSettings.Read(folder.Path, 512)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PoolingOutsideOfTheFolder_IsRefused()
    {
        using var folder = Folder("{}");
        File.WriteAllText(Path.Combine(folder.Path, "modules.json"), """[{"type": "sentence_transformers.models.Pooling", "path": "../other"}]""");
        Assert.Contains("../other", Assert.Throws<ModelFileException>(() => SentenceSettings.Read(folder.Path, 512)).Message, StringComparison.Ordinal);
    }

    private static SentenceEncoder Create(string name, SentenceSettings settings)
    {
        using var words = TinyModels.Encoder();
        var transformer = (EncoderModel)TinyModels.Create(TinyArchitectures.Encoders[name], new TinyModels.RandomWeights(8));
        return new SentenceEncoder(new ModelDescription("tiny", "memory", "0002", "F32"), transformer, words.Tokenizer, settings);
    }

    private static double[] Pooled(SentenceEncoder encoder, int[] tokens, bool first, bool normalise = true)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add(tokens);
        var states = encoder.Transformer.Forward(graph, batch, null);
        var rows = first ? 1 : states.Rows;
        var pooled = new double[states.Columns];
        for (var r = 0; r < rows; r++)
            for (var j = 0; j < pooled.Length; j++)
                pooled[j] += states[r][j] / (double)rows;
        var length = normalise ? Math.Sqrt(pooled.Sum(x => x * x)) : 1;
        return [.. pooled.Select(x => x / length)];
    }

    private static TemporaryFolder Folder(string pooling)
    {
        var folder = new TemporaryFolder();
        var modules = new JsonArray(
            new JsonObject { ["idx"] = 0, ["type"] = "sentence_transformers.models.Transformer", ["path"] = "" },
            new JsonObject { ["idx"] = 1, ["type"] = "sentence_transformers.models.Pooling", ["path"] = "pool" },
            new JsonObject { ["idx"] = 2, ["type"] = "sentence_transformers.models.Normalize", ["path"] = "2_Normalize" });
        Directory.CreateDirectory(Path.Combine(folder.Path, "pool"));
        File.WriteAllText(Path.Combine(folder.Path, "modules.json"), modules.ToJsonString());
        File.WriteAllText(Path.Combine(folder.Path, "pool", "config.json"), pooling);
        File.WriteAllText(Path.Combine(folder.Path, "sentence_bert_config.json"), """{"max_seq_length": 128, "do_lower_case": false}""");
        return folder;
    }
}

using Attune.Models;
using Attune.Models.Files;
using Attune.Models.Generation;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Tests.Models.Loading;

public sealed class ModelLoaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-models-").FullName;

    [Fact]
    public void Load_NothingThere_SaysWhereItLooked()
    {
        var e = Assert.Throws<AttuneException>(() => ModelLoader.LoadLanguageModel("no-such-model"));
        Assert.Contains("no-such-model", e.Message, StringComparison.Ordinal);
        Assert.Equal(AttuneErrorKind.Request, e.Kind);
    }

    [Fact]
    public void Load_UnknownArchitecture_NamesIt()
    {
        var path = Path.Combine(folder, "odd.gguf");
        GgufWriter.Write(path, new Dictionary<string, GgufValue> { ["general.architecture"] = GgufValue.Of("marvin") }, []);
        Assert.Contains("'marvin'", Assert.Throws<ModelFileException>(() => ModelLoader.LoadLanguageModel(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"model_type":"marvin"}""");
        Assert.Contains("'marvin'", Assert.Throws<ModelFileException>(() => ModelLoader.LoadLanguageModel(folder)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    [Trait("Category", "Goldens")]
    public void Load_TinyFiles_LogitsAndGreedyTextAsTransformers()
    {
        var files = TestFolders.Fixture("files");
        using var expected = SafetensorsFile.Open(Path.Combine(files, "expected_logits.safetensors"));
        var names = expected.Tensors.Keys.Select(k => k.Split(".logits.")).Where(p => p.Length == 2).GroupBy(p => p[0], p => p[1]);
        var seen = 0;
        foreach (var name in names)
        {
            var path = new[] { Path.Combine(files, name.Key + ".gguf"), Path.Combine(files, name.Key) }.FirstOrDefault(p => File.Exists(p) || Directory.Exists(p));
            if (path is null || name.Key.Contains("sharded", StringComparison.Ordinal) && !File.Exists(Path.Combine(path, "tokenizer.json")))
                continue;
            using var model = ModelLoader.LoadLanguageModel(path);
            foreach (var n in name)
                Compare(model, expected.Tensors[$"ids.{n}"].ToInt64(), expected.Tensors[$"{name.Key}.logits.{n}"], name.Key.Contains("tied", StringComparison.Ordinal) ? 1e-3 : 2e-4, $"{name.Key} {n}");
            seen++;
        }
        Assert.True(seen > 0, "no file of expected_logits was found");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void Compare(LanguageModel model, long[] ids, StoredTensor expected, double tolerance, string what)
    {
        using var graph = new Attune.Tensors.Autograd.Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add([.. ids.Select(i => (int)i)]);
        var logits = model.Transformer.Logits(graph, model.Transformer.Forward(graph, batch, null), batch, null);
        var wanted = expected.ToFloat32();
        for (var i = 0; i < wanted.Length; i++)
            Assert.True(Math.Abs(wanted[i] - logits.Span[i]) <= tolerance, $"{what}: logit {i} is {logits.Span[i]}, expected {wanted[i]}");
    }
}

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

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

using System.Text.Json;
using Attune.Models;
using Attune.Models.Loading;

namespace Attune.Tests.Models.Reference;

/// <summary>The real models, loaded once for all tests against ../shared/fixtures/reference; null where they are not there.</summary>
public sealed class ReferenceModels : IDisposable
{
    private readonly Lazy<LanguageModel> language = new(() => ModelLoader.LoadLanguageModel(TestFolders.Model("smollm2-135m-instruct")));
    private readonly Lazy<SentenceEncoder> encoder = new(() => ModelLoader.LoadEncoder(TestFolders.Model("minilm-l6-v2")));

    public LanguageModel Language
    {
        get
        {
            TestFolders.Model("smollm2-135m-instruct");
            return language.Value;
        }
    }

    public SentenceEncoder Encoder
    {
        get
        {
            TestFolders.Model("minilm-l6-v2");
            return encoder.Value;
        }
    }

    public static JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllBytes(TestFolders.Fixture($"reference/{name}"))).RootElement;

    public static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];

    /// <summary>The rows of one split of a data set.</summary>
    public static JsonElement[] Rows(string task, string split) =>
        [.. File.ReadLines(TestFolders.DataSet($"{task}/{split}.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)];

    public void Dispose()
    {
        if (language.IsValueCreated)
            language.Value.Dispose();
        if (encoder.IsValueCreated)
            encoder.Value.Dispose();
    }
}

/// <summary>One after another: they share models and all cores.</summary>
[CollectionDefinition("Reference", DisableParallelization = true)]
public sealed class ReferenceCollection : ICollectionFixture<ReferenceModels>;

using System.Text.Json;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Generation;
using Attune.Models.Loading;

namespace Attune.Tests.Models.Loading;

/// <summary>Every tiny model of the file goldens, GGUF and folders: transformers' logits, tokens and greedy text.</summary>
[Trait("Category", "Goldens")]
public class TinyModelGoldenTests
{
    public static TheoryData<string> Paths
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var path in TestFolders.AllFixtures("files").SelectMany(f => Directory.GetFiles(f, "tiny-*.gguf").Concat(Directory.GetDirectories(f, "tiny-*"))).Order(StringComparer.Ordinal))
                data.Add(path);
            if (data.Count == 0)
                data.Add("");
            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Paths))]
    public void Logits_OfEveryPrompt_AreThoseOfTransformers(string path)
    {
        Skip.If(path.Length == 0, "the fixture folder is not there");
        using var expected = SafetensorsFile.Open(Beside(path, "expected_logits.safetensors"));
        var name = Reference(path);
        var keys = expected.Tensors.Keys.Where(k => k.StartsWith(name + ".logits.", StringComparison.Ordinal)).ToList();
        using var model = Directory.Exists(path) ? null : ModelLoader.LoadLanguageModel(path);
        using var bare = model is null ? (CausalLanguageModel)ModelLoader.LoadTransformer(path) : null;
        Skip.If(keys.Count == 0, $"{name} loads, but has no expected logits (its norms are BF16, those of tiny-bf16 F32)");
        foreach (var key in keys)
            Compare(model?.Transformer ?? bare!, expected.Tensors["ids." + key.Split('.')[^1]].ToInt64(), expected.Tensors[key].ToFloat32(), name.Contains("tied", StringComparison.Ordinal) ? 1e-3 : 2e-4, key);
    }

    [SkippableTheory]
    [MemberData(nameof(Paths))]
    public void Greedy_AfterTheFirstPrompt_IsThatOfTransformers(string path)
    {
        Skip.If(path.Length == 0, "the fixture folder is not there");
        Skip.If(Directory.Exists(path) && !File.Exists(Path.Combine(path, "tokenizer.json")), $"{Path.GetFileName(path)} has no tokenizer");
        using var json = JsonDocument.Parse(File.ReadAllText(Beside(path, "expected.json")));
        Skip.IfNot(json.RootElement.GetProperty("greedy").TryGetProperty(Reference(path), out var greedy), $"{Path.GetFileName(path)} has no greedy text");
        using var model = ModelLoader.LoadLanguageModel(path);
        foreach (var prompt in json.RootElement.GetProperty("prompts").EnumerateArray().Where(p => p.GetProperty("text").ValueKind == JsonValueKind.String))
            Assert.Equal(Ids(prompt.GetProperty("ids")), model.Tokenizer.Encode(prompt.GetProperty("text").GetString()!, addSpecial: false));
        var expected = Ids(greedy);
        var got = model.Generate(Ids(json.RootElement.GetProperty("prompts")[0].GetProperty("ids")), new SamplingOptions { MaxTokens = expected.Length }, null, null, CancellationToken.None).Ids;
        // The reference goes on behind the end of text, where this generator stops.
        Assert.Equal(expected[..got.Count], got);
        Assert.True(got.Count == expected.Length || expected[got.Count] == model.Tokenizer.EndId || model.EndIds.Contains(expected[got.Count]));
    }

    private static void Compare(CausalLanguageModel model, long[] ids, float[] expected, double tolerance, string what)
    {
        using var graph = new Attune.Tensors.Autograd.Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add([.. ids.Select(i => (int)i)]);
        var logits = model.Logits(graph, model.Forward(graph, batch, null), batch, null);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - logits.Span[i]) <= tolerance, FormattableString.Invariant($"{what}: logit {i} is {logits.Span[i]}, expected {expected[i]}"));
    }

    // tiny-hf is tiny-f32 as a folder.
    private static string Reference(string path) => Path.GetFileName(path) is "tiny-hf" ? "tiny-f32" : Path.GetFileNameWithoutExtension(path);

    private static string Beside(string path, string name) => Path.Combine(Path.GetDirectoryName(path)!, name);

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(i => i.GetInt32())];
}

using Attune.Models;
using Attune.Models.Files;
using Attune.Models.Generation;
using Attune.Models.Loading;
using Attune.Models.Saving;
using Attune.Tensors;
using Attune.Tests.Models.Files;

namespace Attune.Tests.Models.Saving;

/// <summary>The tiny models of the fixtures between their formats, beside transformers' logits.</summary>
[Trait("Category", "Goldens")]
public sealed class ModelSaverGoldenTests : IDisposable
{
    private const double Tolerance = 2e-4;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [InlineData("tiny-hf", "tiny-f32", ModelFormat.Gguf)]
    [InlineData("tiny-hf", "tiny-f32", ModelFormat.Safetensors)]
    [InlineData("tiny-f32.gguf", "tiny-f32", ModelFormat.Safetensors)]
    [InlineData("tiny-f32.gguf", "tiny-f32", ModelFormat.Gguf)]
    [InlineData("tiny-hf-sharded", "tiny-hf-sharded", ModelFormat.Gguf)]
    [InlineData("tiny-hf-sharded", "tiny-hf-sharded", ModelFormat.Safetensors)]
    [InlineData("tiny-bf16.gguf", "tiny-bf16", ModelFormat.Safetensors)]
    [InlineData("tiny-q8_0.gguf", "tiny-q8_0", ModelFormat.Safetensors)]
    [InlineData("tiny-q4_1.gguf", "tiny-q4_1", ModelFormat.Safetensors)]
    [InlineData("tiny-f16-tied.gguf", "tiny-f16-tied", ModelFormat.Safetensors)]
    [InlineData("tiny-kquants.gguf", "tiny-kquants", ModelFormat.Safetensors)]
    public void Save_InAnotherFormat_GivesTheGoldenLogits(string source, string golden, ModelFormat format)
    {
        var expected = new GoldenTensors(TestFolders.Fixture("files/expected_logits.safetensors"));
        Skip.IfNot(expected.Has($"{golden}.logits.0"), $"there are no logits of {golden}");
        var output = folder.File(format == ModelFormat.Gguf ? "out.gguf" : "out");
        ModelSaver.Save(WithTokenizer(TestFolders.Fixture("files/" + source)), output, new SaveOptions { Format = format });
        using var model = ModelLoader.LoadLanguageModel(output);
        for (var n = 0; expected.Has($"ids.{n}"); n++)
            AssertNear(expected.Floats($"{golden}.logits.{n}"), Logits(model, expected.Ints($"ids.{n}")), golden.Contains("tied", StringComparison.Ordinal) ? 1e-3 : Tolerance);
    }

    [SkippableTheory]
    [InlineData("tiny-hf")]
    [InlineData("tiny-f32.gguf")]
    public void Save_ThereAndBack_GivesTheSameBits(string source)
    {
        var path = TestFolders.Fixture("files/" + source);
        var first = source.EndsWith("gguf", StringComparison.Ordinal) ? ModelFormat.Safetensors : ModelFormat.Gguf;
        ModelSaver.Save(path, folder.File("there"), new SaveOptions { Format = first });
        ModelSaver.Save(folder.File("there"), folder.File("back"), new SaveOptions { Format = first == ModelFormat.Gguf ? ModelFormat.Safetensors : ModelFormat.Gguf });
        using var before = Open(path);
        using var after = Open(folder.File("back"));
        Assert.Equal(before.Tensors.Keys.Order(StringComparer.Ordinal), after.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(before.Tensors.Values, t => Assert.Equal(t.ToFloat32(), after.Tensors[t.Info.Name].ToFloat32()));
    }

    [SkippableTheory]
    [InlineData("bf16")]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    [InlineData("q4_1")]
    public void Save_InAnotherType_GivesTheLogitsOfTheReferencesFileOfThatType(string type)
    {
        var expected = new GoldenTensors(TestFolders.Fixture("files/expected_logits.safetensors"));
        ModelSaver.Save(TestFolders.Fixture("files/tiny-hf"), folder.File("out.gguf"), new SaveOptions { Format = ModelFormat.Gguf, Type = TensorConversion.ParseType(type) });
        using var file = GgufFile.Open(folder.File("out.gguf"));
        Assert.Equal(type, TensorTypes.Name(file.Tensors["blk.0.ffn_up.weight"].Info.Type), ignoreCase: true);
        Assert.Equal(TensorType.F32, file.Tensors["blk.0.attn_norm.weight"].Info.Type);
        using var model = ModelLoader.LoadLanguageModel(folder.File("out.gguf"));
        AssertNear(expected.Floats($"tiny-{type}.logits.0"), Logits(model, expected.Ints("ids.0")), Tolerance);
    }

    [SkippableFact]
    public void Save_EveryLlamaOfTheArchitectures_GivesItsLogitsFromGgufOrSaysWhyNot()
    {
        var tokenizer = TestFolders.Fixture("files/tokenizer.json");
        var refused = new List<string>();
        var count = 0;
        foreach (var source in TestFolders.AllFixtures("architectures").SelectMany(Directory.GetDirectories).Where(f => Path.GetFileName(f).StartsWith("llama", StringComparison.Ordinal)))
        {
            var name = Path.GetFileName(source);
            var copy = Directory.CreateDirectory(folder.File(name)).FullName;
            foreach (var file in Directory.GetFiles(source).Where(f => !Path.GetFileName(f).StartsWith("expected", StringComparison.Ordinal)))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            File.WriteAllText(Path.Combine(copy, "tokenizer.json"), Shorter(File.ReadAllText(tokenizer)));
            try
            {
                ModelSaver.Save(copy, folder.File(name + ".gguf"), new SaveOptions { Format = ModelFormat.Gguf });
            }
            catch (AttuneException e)
            {
                Assert.Contains("keep it as a folder", e.Message, StringComparison.Ordinal);
                refused.Add(name);
                continue;
            }
            using var original = ModelLoader.LoadLanguageModel(copy);
            using var model = ModelLoader.LoadLanguageModel(folder.File(name + ".gguf"));
            int[] ids = [.. Enumerable.Range(5, 25)];
            AssertNear(Logits(original, ids), Logits(model, ids), 1e-4);
            count++;
        }
        Skip.If(count + refused.Count == 0, "there are no architectures");
        Assert.All(refused, n => Assert.True(n.Contains("dynamic", StringComparison.Ordinal) || n.Contains("yarn", StringComparison.Ordinal) || n.Contains("longrope", StringComparison.Ordinal), n));
    }

    [SkippableTheory]
    [InlineData("gpt2")]
    [InlineData("smollm2")]
    [InlineData("llama3")]
    [InlineData("qwen2")]
    [InlineData("llama2")]
    public void Tokenizer_OfAFamily_GoesIntoGgufAndBack(string name)
    {
        var source = TestFolders.Fixture("tokenizers/" + name);
        var original = TokenizerLoader.Load(source);
        var entries = GgufTokenizerFields.Of(source, original.VocabularySize + 3);
        GgufWriter.Write(folder.File("vocabulary.gguf"), entries.Prepend(KeyValuePair.Create("general.architecture", GgufValue.Of("llama"))), []);
        var inGguf = TokenizerLoader.Load(folder.File("vocabulary.gguf"));
        var back = Directory.CreateDirectory(folder.File("back")).FullName;
        using (var file = GgufFile.Open(folder.File("vocabulary.gguf")))
            FolderTokenizer.Write(file, back);
        var again = TokenizerLoader.Load(back);
        foreach (var line in File.ReadLines(Path.Combine(source, "cases.jsonl")).Take(300))
        {
            var text = System.Text.Json.JsonElement.Parse(line).GetProperty("text").GetString()!;
            Assert.Equal(original.Encode(text, addSpecial: true), inGguf.Encode(text, addSpecial: true));
            Assert.Equal(original.Encode(text, addSpecial: true), again.Encode(text, addSpecial: true));
        }
    }

    [SkippableFact]
    public void Tokenizer_ThatGgufCannotSay_IsRefused()
    {
        foreach (var name in new[] { "minilm", "clip" })
            Assert.Throws<AttuneException>(() => GgufTokenizerFields.Of(TestFolders.Fixture("tokenizers/" + name), 100_000));
    }

    /// <summary>A folder, with the tokenizer that all tiny models share where it has none.</summary>
    private string WithTokenizer(string path)
    {
        if (!Directory.Exists(path) || File.Exists(Path.Combine(path, "tokenizer.json")))
            return path;
        var copy = Directory.CreateDirectory(folder.File("source")).FullName;
        foreach (var file in Directory.GetFiles(path).Append(TestFolders.Fixture("files/tokenizer.json")))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    private static ITensorSource Open(string path) => Directory.Exists(path) ? SafetensorsFolder.Open(path) : GgufFile.Open(path);

    /// <summary>The architectures have 96 tokens, the tokenizer 128.</summary>
    private static string Shorter(string json)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(json)!;
        var vocabulary = node["model"]!["vocab"]!.AsObject();
        foreach (var token in vocabulary.Where(v => (int)v.Value! >= 96).Select(v => v.Key).ToList())
            vocabulary.Remove(token);
        node["model"]!["merges"] = new System.Text.Json.Nodes.JsonArray();
        return node.ToJsonString();
    }

    private static float[] Logits(LanguageModel model, int[] ids)
    {
        using var feed = new TokenFeed(model.Transformer, Precision.Exact);
        return [.. ids.SelectMany(id => feed.Feed([id]).ToArray())];
    }

    private static void AssertNear(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= tolerance, FormattableString.Invariant($"largest difference {worst:g3}, tolerance {tolerance:g3}"));
    }
}

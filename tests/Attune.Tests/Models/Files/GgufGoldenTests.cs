using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

/// <summary>Files that gguf's own writer made, with what a reader should report beside them.</summary>
[Trait("Category", "Goldens")]
public class GgufGoldenTests
{
    public static TheoryData<string> Reports => FixtureFiles.Matching("files", "*.metadata.json");

    public static TheoryData<string> Plain => FixtureFiles.Matching("files", "metadata-*.gguf");

    public static TheoryData<string> Models => FixtureFiles.Matching("files", "tiny-*.gguf");

    [SkippableTheory]
    [MemberData(nameof(Reports))]
    public void Open_GoldenModel_ReportsWhatIsExpected(string path)
    {
        FixtureFiles.Require(path);
        using var expected = JsonDocument.Parse(File.ReadAllText(path));
        using var file = GgufFile.Open(path.Replace(".metadata.json", ".gguf", StringComparison.Ordinal));
        var root = expected.RootElement;
        Assert.Equal(root.GetProperty("version").GetInt32(), file.Version);
        Assert.Equal(root.GetProperty("alignment").GetInt32(), file.Alignment);
        Assert.Equal(root.GetProperty("data_offset").GetInt64(), file.DataOffset);
        CheckEntries(root.GetProperty("entries"), file);
        foreach (var (entry, tensor) in root.GetProperty("tensors").EnumerateArray().Zip(file.Tensors.Values))
            CheckTensor(entry, tensor.Info);
        Assert.Equal(root.GetProperty("tensors").GetArrayLength(), file.Tensors.Count);
    }

    [SkippableTheory]
    [MemberData(nameof(Plain))]
    public void Open_GoldenMetadata_OpensAndGivesExpectedEntriesAndValues(string path)
    {
        FixtureFiles.Require(path);
        using var file = GgufFile.Open(path);
        Assert.All(file.Tensors.Values, t => t.ToFloat32());
        Assert.NotEmpty(file.Metadata);
        if (!File.Exists(Path.ChangeExtension(path, ".json")))
            return;
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(path, ".json")));
        var root = expected.RootElement;
        if (root.TryGetProperty("entries", out var entries))
            CheckEntries(entries, file);
        var tensors = root.TryGetProperty("tensors", out var named) ? named : root;
        Assert.Equal(tensors.EnumerateObject().Select(t => t.Name).Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var tensor in tensors.EnumerateObject())
        {
            var hasShape = tensor.Value.ValueKind == JsonValueKind.Object;
            var values = hasShape ? tensor.Value.GetProperty("values") : tensor.Value;
            Assert.Equal(values.EnumerateArray().Select(v => v.GetSingle()), file.Tensors[tensor.Name].ToFloat32());
            if (hasShape)
                Assert.Equal(Shape(tensor.Value), file.Tensors[tensor.Name].Info.Shape);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Write_GoldenModelAnew_GivesItsBytes(string path)
    {
        FixtureFiles.Require(path);
        using var folder = new TemporaryFolder();
        using (var file = GgufFile.Open(path))
            GgufWriter.Write(folder.File("x.gguf"), file.Metadata, file.Tensors.Values.Select(TensorToWrite.FromStored));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(folder.File("x.gguf")));
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Open_GoldenModel_GivesFiniteValuesInEveryTensor(string path)
    {
        FixtureFiles.Require(path);
        using var file = GgufFile.Open(path);
        Assert.All(file.Tensors.Values, t => Assert.All(t.ToFloat32(), v => Assert.InRange(v, -100, 100)));
    }

    [SkippableFact]
    public void Tensors_OfGgufAndSafetensors_AreTheSameButForThePermutedRows()
    {
        using var gguf = GgufFile.Open(TestFolders.Fixture("files/tiny-f32.gguf"));
        using var folder = SafetensorsFolder.Open(TestFolders.Fixture("files/tiny-hf"));
        foreach (var (theirs, ours) in new[] { ("token_embd.weight", "model.embed_tokens.weight"), ("blk.1.ffn_down.weight", "model.layers.1.mlp.down_proj.weight") })
        {
            Assert.Equal(folder.Tensors[ours].Info.Shape, gguf.Tensors[theirs].Info.Shape);
            Assert.Equal(folder.Tensors[ours].ToFloat32(), gguf.Tensors[theirs].ToFloat32());
        }
        // Heads of 16 rows and 64 columns.
        foreach (var (theirs, ours) in new[] { ("blk.0.attn_q.weight", "model.layers.0.self_attn.q_proj.weight"), ("blk.1.attn_k.weight", "model.layers.1.self_attn.k_proj.weight") })
        {
            var (mine, stored) = (folder.Tensors[ours].ToFloat32(), gguf.Tensors[theirs].ToFloat32());
            for (var row = 0; row < stored.Length / 64; row++)
                Assert.Equal(mine.AsSpan((int)HeadRows.ToHalves(row, 16) * 64, 64), stored.AsSpan(row * 64, 64));
        }
    }

    private static void CheckEntries(JsonElement entries, GgufFile file)
    {
        Assert.Equal(entries.EnumerateArray().Select(e => e.GetProperty("key").GetString()), file.Metadata.Keys);
        foreach (var (entry, value) in entries.EnumerateArray().Zip(file.Metadata.Values))
        {
            var type = entry.TryGetProperty("types", out var types) ? types[0].GetString() : entry.GetProperty("type").GetString();
            Assert.Equal(type, value.Type.ToString().ToUpperInvariant());
            if (types.ValueKind == JsonValueKind.Array && types.GetArrayLength() > 1)
                Assert.Equal(types[1].GetString(), ((GgufArray)value.Value).ElementType.ToString().ToUpperInvariant());
            CheckValue(entry.GetProperty("value"), value.Value);
        }
    }

    private static void CheckValue(JsonElement expected, object actual)
    {
        switch (actual)
        {
            case GgufArray array when expected.ValueKind == JsonValueKind.Object:
                Assert.Equal(expected.GetProperty("of").GetString(), array.ElementType.ToString().ToUpperInvariant());
                CheckValue(expected.GetProperty("values"), array);
                break;
            case GgufArray array:
                Assert.Equal(expected.GetArrayLength(), array.Count);
                foreach (var (e, a) in expected.EnumerateArray().Zip(array.Values.Cast<object>()))
                    CheckValue(e, a);
                break;
            case string text: Assert.Equal(expected.GetString(), text); break;
            case bool flag: Assert.Equal(expected.GetBoolean(), flag); break;
            case float number: Assert.Equal(expected.GetDouble(), number); break;
            case double number: Assert.Equal(BitConverter.DoubleToInt64Bits(expected.GetDouble()), BitConverter.DoubleToInt64Bits(number)); break;
            case ulong number: Assert.Equal(expected.GetUInt64(), number); break;
            default: Assert.Equal(expected.GetInt64(), Convert.ToInt64(actual, System.Globalization.CultureInfo.InvariantCulture)); break;
        }
    }

    private static void CheckTensor(JsonElement expected, TensorInfo actual)
    {
        Assert.Equal(expected.GetProperty("name").GetString(), actual.Name);
        Assert.Equal(expected.GetProperty("type").GetString(), TensorTypes.Name(actual.Type));
        Assert.Equal(Shape(expected), actual.Shape);
        Assert.Equal(expected.GetProperty("offset").GetInt64(), actual.Offset);
        Assert.Equal(expected.GetProperty("bytes").GetInt64(), actual.Bytes);
    }

    private static IEnumerable<long> Shape(JsonElement tensor) =>
        tensor.GetProperty("shape_fastest_first").EnumerateArray().Select(a => a.GetInt64()).Reverse();
}

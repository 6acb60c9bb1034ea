using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class SafetensorsFolderTests
{
    private static void WriteShard(TemporaryFolder folder, string name, params string[] tensors) =>
        SafetensorsWriter.Write(folder.File(name), tensors.Select((t, i) => TensorToWrite.FromFloats(t, TensorType.F32, [1], new float[] { i + 1 })));

    private static void WriteIndex(TemporaryFolder folder, string map) =>
        File.WriteAllText(folder.File("model.safetensors.index.json"), $$"""{"metadata":{"total_size":8},"weight_map":{{map}}}""");

    private static string Refusal(TemporaryFolder folder) =>
        Assert.Throws<ModelFileException>(() => SafetensorsFolder.Open(folder.Path).Dispose()).Message;

    [Fact]
    public void Open_SingleFile_GivesItsTensors()
    {
        using var folder = new TemporaryFolder();
        WriteShard(folder, "model.safetensors", "a", "b");
        using var source = SafetensorsFolder.Open(folder.Path);
        Assert.Equal(["a", "b"], source.Tensors.Keys);
    }

    [Fact]
    public void Open_Shards_GivesTensorsOfAll()
    {
        using var folder = new TemporaryFolder();
        WriteShard(folder, "one.safetensors", "a", "c");
        WriteShard(folder, "two.safetensors", "b");
        WriteIndex(folder, """{"a":"one.safetensors","b":"two.safetensors","c":"one.safetensors"}""");
        using var source = SafetensorsFolder.Open(folder.Path);
        Assert.Equal(["a", "b", "c"], source.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([2f], source.Tensors["c"].ToFloat32());
    }

    [Theory]
    [InlineData("""{"a":"../one.safetensors"}""")]
    [InlineData("""{"a":"/tmp/one.safetensors"}""")]
    [InlineData("""{"a":"..\\one.safetensors"}""")]
    [InlineData("""{"a":"C:one.safetensors"}""")]
    [InlineData("""{"a":"one.bin"}""")]
    [InlineData("""{"a":"one.safetensors","a":"one.safetensors"}""")]
    [InlineData("""{"a":7}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""{"a":"one.safetensors","b":"one.safetensors"}""")]
    [InlineData("""{"a":"one.safetensors","b":"two.safetensors"}""")]
    public void Open_WrongIndex_NamesIt(string map)
    {
        using var folder = new TemporaryFolder();
        WriteShard(folder, "one.safetensors", "a");
        WriteIndex(folder, map);
        Assert.Contains("model.safetensors.index.json", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ShardWithTensorThatIndexLacks_IsRefused()
    {
        using var folder = new TemporaryFolder();
        WriteShard(folder, "one.safetensors", "a", "extra");
        WriteIndex(folder, """{"a":"one.safetensors"}""");
        Assert.Contains("'extra'", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderWithoutWeights_SaysWhatIsMissing()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("holds neither", Refusal(folder), StringComparison.Ordinal);
        Assert.Throws<ModelFileException>(() => SafetensorsFolder.Open(folder.File("no")));
    }

    [SkippableFact]
    [Trait("Category", "Goldens")]
    public void Open_ShardedGolden_EqualsTheSameModelInOneFile()
    {
        using var single = SafetensorsFolder.Open(TestFolders.Fixture("files/tiny-hf"));
        using var sharded = SafetensorsFolder.Open(TestFolders.Fixture("files/tiny-hf-sharded"));
        Assert.True(sharded.Files.Count > 1);
        Assert.Equal(single.Tensors.Keys.Order(StringComparer.Ordinal), sharded.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, tensor) in single.Tensors)
        {
            Assert.Equal(tensor.Info.Shape, sharded.Tensors[name].Info.Shape);
            // One is the other rounded to BF16.
            var rounded = new byte[2 * tensor.Elements];
            Quantiser.Quantise(TensorType.BF16, tensor.ToFloat32(), rounded);
            var expected = new float[tensor.Elements];
            Dequantiser.Dequantise(TensorType.BF16, rounded, expected);
            Assert.Equal(expected, sharded.Tensors[name].ToFloat32());
        }
    }
}

using System.Text;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class SafetensorsWriterTests
{
    [Fact]
    public void Write_OneTensor_GivesTheseBytes()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.safetensors");
        SafetensorsWriter.Write(path, [TensorToWrite.FromFloats("a", TensorType.F16, [1, 2], new float[] { 1, -2 })]);
        var header = """{"a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]}}""";
        var padded = header + new string(' ', (8 - (header.Length % 8)) % 8);
        // F16 1 = 0x3C00, −2 = 0xC000.
        Assert.Equal(SafetensorsBytes.Of(padded, [0x00, 0x3C, 0x00, 0xC0]), File.ReadAllBytes(path));
    }

    [Fact]
    public void Write_ThenOpen_GivesBackValuesMetadataAndAlignment()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.safetensors");
        float[] values = [0.5f, -1, 3, 1e-3f, 70000, -0f];
        SafetensorsWriter.Write(
            path,
            [
                TensorToWrite.FromFloats("ключ\u001b", TensorType.BF16, [3], values.AsMemory(0, 3)),
                TensorToWrite.FromFloats("f", TensorType.F32, [2, 3], values),
                TensorToWrite.FromFloats("none", TensorType.F32, [0, 4], Array.Empty<float>()),
                TensorToWrite.FromBytes("b", TensorType.U8, [], new byte[] { 200 }),
            ],
            new Dictionary<string, string> { ["z"] = "1", ["a"] = "日本" });
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(values[..3], file.Tensors["ключ\u001b"].ToFloat32());
        Assert.Equal(values, file.Tensors["f"].ToFloat32());
        Assert.Empty(file.Tensors["none"].ToFloat32());
        Assert.Equal([200L], file.Tensors["b"].ToInt64());
        Assert.Equal("日本", file.Metadata!["a"]);
        Assert.All(file.Tensors.Values, t => Assert.Equal(0, t.Info.Offset % TensorTypes.BlockBytes(t.Info.Type)));
    }

    [Fact]
    public void Write_StoredTensor_CopiesItsBytes()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("x"), [TensorToWrite.FromFloats("a", TensorType.F16, [2], new float[] { 3, 4 })]);
        using (var file = SafetensorsFile.Open(folder.File("x")))
            SafetensorsWriter.Write(folder.File("y"), [TensorToWrite.FromStored(file.Tensors["a"])]);
        Assert.Equal(File.ReadAllBytes(folder.File("x")), File.ReadAllBytes(folder.File("y")));
    }

    [Fact]
    public void Write_ThatFails_LeavesTheOldFileAndNoOther()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.safetensors", Encoding.ASCII.GetBytes("old"));
        Assert.Throws<Attune.Tensors.AttuneException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("no space left");
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Write_IntoMissingFolder_SaysSo()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<Attune.Tensors.AttuneException>(() => SafetensorsWriter.Write(folder.File("no/x.safetensors"), []));
        Assert.Contains("x.safetensors could not be written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TextThatJsonEscapes_IsWrittenAsTheReferenceDoes()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("x"), [], new Dictionary<string, string> { ["ключ\u2028😀"] = "\"\\\n\t\u0001\u007f/<" });
        Assert.StartsWith("{\"__metadata__\":{\"ключ\u2028😀\":\"\\\"\\\\\\n\\t\\u0001\u007f/<\"}}", File.ReadAllText(folder.File("x"))[8..], StringComparison.Ordinal);
    }

    public static TheoryData<string> Canonical
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var folder in new[] { "quantisation", "files/tiny-hf", "files/tiny-hf-sharded", "adapters", "architectures" }.SelectMany(TestFolders.AllFixtures))
                data.Add(folder);
            if (data.Count == 0)
                data.Add("");
            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Canonical))]
    [Trait("Category", "Goldens")]
    public void Write_ReferenceFilesAnew_GivesTheirBytes(string path)
    {
        FixtureFiles.Require(path);
        using var folder = new TemporaryFolder();
        foreach (var original in Directory.GetFiles(path, "*.safetensors", SearchOption.AllDirectories))
        {
            using (var file = SafetensorsFile.Open(original))
                SafetensorsWriter.Write(folder.File("x"), file.Tensors.Values.Select(TensorToWrite.FromStored), file.Metadata);
            Assert.True(File.ReadAllBytes(original).AsSpan().SequenceEqual(File.ReadAllBytes(folder.File("x"))), original);
        }
    }

    [Fact]
    public void Write_WrongTensors_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var one = TensorToWrite.FromFloats("a", TensorType.F32, [1], new float[1]);
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(folder.File("x"), [one, one]));
        Assert.Throws<ArgumentException>(() => TensorToWrite.FromFloats("a", TensorType.F32, [2], new float[3]));
        Assert.Throws<ArgumentException>(() => TensorToWrite.FromFloats("a", TensorType.IQ1_S, [256], new float[256]));
        Assert.Throws<ArgumentException>(() => TensorToWrite.FromFloats("a", TensorType.Q8_0, [32, 2], new float[64]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(folder.File("x"), [TensorToWrite.FromFloats("q", TensorType.Q8_0, [32], new float[32])]));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}

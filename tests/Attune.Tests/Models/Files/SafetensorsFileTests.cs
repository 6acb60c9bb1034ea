using System.Globalization;
using System.Text;
using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class SafetensorsFileTests
{
    private const string TwoTensors =
        """{"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]},"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""";

    [Fact]
    public void Open_HandMadeFile_GivesTensorsAndMetadata()
    {
        using var folder = new TemporaryFolder();
        // BF16 1.5 = 0x3FC0, −2 = 0xC000.
        var path = folder.Write("x.safetensors", SafetensorsBytes.Of(TwoTensors, [0xC0, 0x3F, 0x00, 0xC0, .. SafetensorsBytes.Floats(0.25f, -7)]));
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(["b", "a"], file.Tensors.Keys);
        Assert.Equal("v", file.Metadata!["k"]);
        Assert.Equal([2L, 1L], file.Tensors["b"].Info.Shape);
        Assert.Equal(8 + TwoTensors.Length + 4, file.Tensors["b"].Info.Offset);
        Assert.Equal([0.25f, -7f], file.Tensors["b"].ToFloat32());
        Assert.Equal([1.5f, -2f], file.Tensors["a"].ToFloat32());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}""", "two fields shape")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", "F31")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "64 bits")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "8 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "cut short")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "no data_offsets")]
    [InlineData("""{"a":[[[[[[[[[[[[]]]]]]]]]]]]}""", "valid")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "valid JSON")]
    [InlineData("""{"__metadata__":{"a":1}}""", "__metadata__")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}""", "valid")]
    [InlineData(""" {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "begin with")]
    public void Open_WrongHeader_NamesFileAndFault(string header, string fault)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("wrong.safetensors", SafetensorsBytes.Of(header, new byte[8]));
        var error = Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(path).Dispose());
        Assert.Contains("wrong.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(99_999_999)]
    [InlineData(8_000_000_000)]
    [InlineData(0)]
    public void Open_WrongHeaderLength_IsRefused(long length)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("length.safetensors", SafetensorsBytes.Of("{}", [], length));
        var error = Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(path).Dispose());
        Assert.Contains("length.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html>not found</html>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer")]
    [InlineData("GGUF\u0003\0\0\0\0\0\0\0\0\0\0\0\0\0", "GGUF file")]
    public void Open_AnotherKindOfFile_SaysWhatItLooksLike(string content, string kind)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("other.safetensors", Encoding.UTF8.GetBytes(content));
        Assert.Contains(kind, Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(path).Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingEmptyOrFolder_SaysSo()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("does not exist", Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(folder.File("no"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("is empty", Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(folder.Write("e", []))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NameWithControlCharacters_IsShownEscaped()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.safetensors", SafetensorsBytes.Of("""{"\u001b[2J\u202e":{"dtype":"F32"}}""", []));
        var message = Assert.Throws<ModelFileException>(() => SafetensorsFile.Open(path).Dispose()).Message;
        Assert.Contains("\\u001b[2J\\u202e", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void Tensor_AfterItsFileIsClosed_ThrowsInsteadOfCrashing()
    {
        using var folder = new TemporaryFolder();
        var file = SafetensorsFile.Open(folder.Write("x.safetensors",
            SafetensorsBytes.Of("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", new byte[8])));
        var tensor = file.Tensors["a"];
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(tensor.ToFloat32);
    }

    public static TheoryData<string> Goldens => FixtureFiles.Matching("files/safetensors", "*.safetensors");

    [SkippableTheory]
    [MemberData(nameof(Goldens))]
    [Trait("Category", "Goldens")]
    public void Open_Golden_GivesExpectedTensors(string path)
    {
        FixtureFiles.Require(path);
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, "expected.json")));
        var entry = expected.RootElement.GetProperty(Path.GetFileName(path));
        using var file = SafetensorsFile.Open(path);
        var metadata = entry.GetProperty("metadata");
        Assert.Equal(metadata.ValueKind == JsonValueKind.Null, file.Metadata is null);
        if (file.Metadata is not null)
            Assert.Equal(metadata.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()), file.Metadata.ToDictionary(p => p.Key, p => (string?)p.Value));
        var tensors = entry.GetProperty("tensors").EnumerateObject().ToList();
        Assert.Equal(tensors.Select(t => t.Name).Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var tensor in tensors)
            CheckTensor(tensor.Value, file.Tensors[tensor.Name]);
    }

    private static void CheckTensor(JsonElement expected, StoredTensor actual)
    {
        Assert.Equal(expected.GetProperty("dtype").GetString(), TensorTypes.Name(actual.Info.Type));
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(a => a.GetInt64()), actual.Info.Shape);
        var values = expected.GetProperty("values").EnumerateArray().Select(Number).ToArray();
        Assert.Equal(values, actual.ToFloat64());
        Assert.Equal(values.Select(v => (float)v), actual.ToFloat32());
        var isInteger = actual.Info.Type is >= TensorType.I8 and <= TensorType.I64;
        if (isInteger)
            Assert.Equal(expected.GetProperty("values").EnumerateArray().Select(v => v.GetInt64()), actual.ToInt64());
    }

    private static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String => double.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        _ => value.GetDouble(),
    };
}

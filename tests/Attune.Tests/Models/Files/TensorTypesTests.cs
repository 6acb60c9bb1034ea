using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class TensorTypesTests
{
    [Fact]
    public void TensorTypes_EveryType_HasARow()
    {
        Assert.Equal(Enum.GetValues<TensorType>(), TensorTypes.All);
        foreach (var type in Enum.GetValues<TensorType>())
            Assert.Equal(type.ToString().ToUpperInvariant(), TensorTypes.Name(type));
    }

    [Theory]
    [InlineData(TensorType.F16, 1, 2)]
    [InlineData(TensorType.I64, 1, 8)]
    [InlineData(TensorType.Q4_0, 32, 2 + 16)]
    [InlineData(TensorType.Q8_0, 32, 2 + 32)]
    [InlineData(TensorType.Q4_K, 256, 2 + 2 + 12 + 128)]
    [InlineData(TensorType.Q6_K, 256, 128 + 64 + 16 + 2)]
    public void TensorTypes_Block_HasTheSizeOfItsParts(TensorType type, int elements, int bytes)
    {
        Assert.Equal(elements, TensorTypes.BlockLength(type));
        Assert.Equal(bytes, TensorTypes.BlockBytes(type));
        Assert.Equal(3L * bytes, TensorTypes.Bytes(type, 3L * elements));
    }

    [Fact]
    public void TensorTypes_PartOfABlock_IsRefused() =>
        Assert.Throws<ArgumentException>(() => TensorTypes.Bytes(TensorType.Q8_0, 33));

    [Fact]
    public void TensorTypes_TooManyBytes_Overflow() =>
        Assert.Throws<OverflowException>(() => TensorTypes.Bytes(TensorType.F64, long.MaxValue / 4));

    [SkippableFact]
    [Trait("Category", "Goldens")]
    public void TensorTypes_AgreeWithManifest()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(TestFolders.Fixture("quantisation/manifest.json")));
        foreach (var entry in manifest.RootElement.EnumerateArray().Where(e => e.TryGetProperty("ggml_type", out _)))
        {
            Assert.True(TensorTypes.TryFromGguf(entry.GetProperty("ggml_type").GetUInt32(), out var type));
            Assert.Equal(entry.GetProperty("type").GetString(), TensorTypes.Name(type));
            Assert.Equal(entry.GetProperty("block_elements").GetInt32(), TensorTypes.BlockLength(type));
            Assert.Equal(entry.GetProperty("block_bytes").GetInt32(), TensorTypes.BlockBytes(type));
        }
    }
}

using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Tests.Models.Loading;

public sealed class NotFiniteWeightTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-poison-").FullName;

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    [InlineData(TensorType.Q8_0)]
    public void Load_SoundFile_GeneratesAsTheModelInMemory(TensorType type)
    {
        using var model = ModelLoader.LoadLanguageModel(TinyFiles.WriteGguf(Path.Combine(folder, "sound.gguf"), type));
        Assert.Equal((int)TinyModels.Configuration()["vocab_size"]!, model.Transformer.Vocabulary);
    }

    // Row 5 of ffn_up has 32 columns: element 5 · 32 + 7.
    [Theory]
    [InlineData(TensorType.F32, 4, "7FC00000", "row 5, column 7")]
    [InlineData(TensorType.F32, 4, "FF800000", "row 5, column 7")]
    [InlineData(TensorType.F16, 2, "7C00", "row 5, column 7")]
    [InlineData(TensorType.BF16, 2, "7F80", "row 5, column 7")]
    public void Load_ANumberThatIsNotFinite_NamesFileTensorRowAndColumn(TensorType type, int bytes, string bits, string place)
    {
        var path = TinyFiles.WriteGguf(Path.Combine(folder, "bad.gguf"), type);
        TinyFiles.Patch(path, "blk.1.ffn_up.weight", (5 * 32 + 7) * bytes, [.. Convert.FromHexString(bits).Reverse()]);
        RequireNamed(path, "blk.1.ffn_up.weight", place);
    }

    // A row of ffn_down has 64 columns, so two blocks; each begins with its scale.
    [Theory]
    [InlineData(TensorType.Q8_0, 34, 0)]
    [InlineData(TensorType.Q4_0, 18, 0)]
    [InlineData(TensorType.Q4_1, 20, 0)]
    [InlineData(TensorType.Q4_1, 20, 2)]
    public void Load_AScaleThatIsNotFinite_NamesTheBlock(TensorType type, int blockBytes, int offset)
    {
        var path = TinyFiles.WriteGguf(Path.Combine(folder, "bad.gguf"), type);
        TinyFiles.Patch(path, "blk.0.ffn_down.weight", (3 * 2 + 1) * blockBytes + offset, [0x01, 0x7C]);
        RequireNamed(path, "blk.0.ffn_down.weight", "row 3, block of columns 32 to 63");
    }

    [Fact]
    public void Load_QueryRowsOutOfOrderInTheFile_NamesTheFilesRow()
    {
        var path = TinyFiles.WriteGguf(Path.Combine(folder, "bad.gguf"));
        TinyFiles.Patch(path, "blk.0.attn_q.weight", (9 * 32 + 2) * 4, [0, 0, 0xC0, 0x7F]);
        RequireNamed(path, "blk.0.attn_q.weight", "row 9, column 2");
    }

    [Fact]
    public void Load_ANormThatIsNotFinite_NamesTheElement()
    {
        var path = TinyFiles.WriteGguf(Path.Combine(folder, "bad.gguf"));
        TinyFiles.Patch(path, "output_norm.weight", 4 * 31, [0, 0, 0x80, 0x7F]);
        RequireNamed(path, "output_norm.weight", "element 31");
    }

    [Fact]
    public void Load_SeveralThatAreNotFinite_NamesTheFirstRow()
    {
        var path = TinyFiles.WriteGguf(Path.Combine(folder, "bad.gguf"));
        foreach (var row in new[] { 250, 17, 90 })
            TinyFiles.Patch(path, "token_embd.weight", (row * 32 + 4) * 4, [0, 0, 0xC0, 0x7F]);
        RequireNamed(path, "token_embd.weight", "row 17, column 4");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void RequireNamed(string path, string tensor, string place)
    {
        var e = Assert.Throws<ModelFileException>(() => ModelLoader.LoadLanguageModel(path));
        Assert.Equal(AttuneErrorKind.Work, e.Kind);
        Assert.Contains($"'{path}'", e.Message, StringComparison.Ordinal);
        Assert.Contains($"'{tensor}'", e.Message, StringComparison.Ordinal);
        Assert.Contains(place, e.Message, StringComparison.Ordinal);
    }
}

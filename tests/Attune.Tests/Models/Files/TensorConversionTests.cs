using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Tests.Models.Files;

public class TensorConversionTests
{
    [Theory]
    [InlineData("blk.0.ffn_up.weight", TensorType.F32, new long[] { 8, 512 }, TensorType.Q4_K, TensorType.Q4_K)]
    [InlineData("blk.0.ffn_up.weight", TensorType.BF16, new long[] { 8, 64 }, TensorType.Q4_K, TensorType.Q5_0)]
    [InlineData("blk.0.ffn_up.weight", TensorType.F32, new long[] { 8, 20 }, TensorType.Q6_K, TensorType.F16)]
    [InlineData("blk.0.attn_norm.weight", TensorType.F16, new long[] { 512 }, TensorType.Q8_0, TensorType.F32)]
    [InlineData("blk.0.attn_q_norm.weight", TensorType.F16, new long[] { 4, 512 }, TensorType.Q8_0, TensorType.F32)]
    [InlineData("bias", TensorType.BF16, new long[] { 1, 512 }, TensorType.F16, TensorType.F32)]
    [InlineData("position_ids", TensorType.I64, new long[] { 1, 512 }, TensorType.F16, TensorType.I64)]
    public void TypeFor_Tensor_KeepsNormsAndWholeBlocks(string name, TensorType stored, long[] shape, TensorType wanted, TensorType expected) =>
        Assert.Equal(expected, TensorConversion.TypeFor(new TensorInfo(name, stored, shape, 0, 0), wanted));

    [Fact]
    public void ToGguf_SeveralChunks_EqualsWhatTheWriterPacks()
    {
        using var folder = new TemporaryFolder();
        // More than a chunk of 2^21 elements, and a last part that is short.
        var values = Values(1100 * 2048);
        TensorToWrite[] tensors = [Of("w", TensorType.F32, [1100, 2048], values), Of("n", TensorType.F32, [3], [1, 2, 3]), Of("i", TensorType.F32, [2, 3], values[..6])];
        SafetensorsWriter.Write(folder.File("x.safetensors"), tensors);
        var shares = new List<double>();
        using (var source = SafetensorsFile.Open(folder.File("x.safetensors")))
        {
            var counts = TensorConversion.ToGguf(
                folder.File("x.gguf"), source, [new("general.architecture", GgufValue.Of("t")), new("general.file_type", GgufValue.Of(0u))], TensorType.Q8_0, progress: shares.Add);
            Assert.Equal([(TensorType.F32, 1), (TensorType.F16, 1), (TensorType.Q8_0, 1)], counts.Select(c => (c.Key, c.Value)));
        }
        using var file = GgufFile.Open(folder.File("x.gguf"));
        // 7: mostly Q8_0.
        Assert.Equal(7, file.Metadata.GetInteger("general.file_type"));
        var expected = new byte[TensorTypes.Bytes(TensorType.Q8_0, values.Length)];
        Quantiser.Quantise(TensorType.Q8_0, values, expected);
        Assert.True(Packed(file.Tensors["w"]).AsSpan().SequenceEqual(expected));
        Assert.Equal([1f, 2, 3], file.Tensors["n"].ToFloat32());
        Assert.Equal(1.0, shares[^1], 12);
    }

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.Q8_0)]
    public void Converted_RowsInAnotherOrder_StandWhereTheyShould(TensorType type)
    {
        using var folder = new TemporaryFolder();
        var values = Values(4 * 32);
        SafetensorsWriter.Write(folder.File("x.safetensors"), [Of("w", TensorType.F32, [4, 32], values)]);
        using (var source = SafetensorsFile.Open(folder.File("x.safetensors")))
            GgufWriter.Write(folder.File("x.gguf"), [], [TensorToWrite.Converted(source.Tensors["w"], type, "v", row => HeadRows.ToHalves(row, 4))]);
        using var file = GgufFile.Open(folder.File("x.gguf"));
        // Halves 0 1 | 2 3 become pairs 0 2, 1 3.
        float[] ordered = [.. values[..32], .. values[64..96], .. values[32..64], .. values[96..]];
        var expected = new byte[TensorTypes.Bytes(type, ordered.Length)];
        Quantiser.Quantise(type, ordered, expected);
        Assert.Equal(expected, Packed(file.Tensors["v"]));
    }

    [Fact]
    public void HeadRows_Head6_AreInversesOfEachOther()
    {
        Assert.Equal([0L, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11], Enumerable.Range(0, 12).Select(r => HeadRows.ToPairs(r, 6)));
        Assert.All(Enumerable.Range(0, 60), r => Assert.Equal(r, HeadRows.ToHalves(HeadRows.ToPairs(r, 6), 6)));
    }

    [Fact]
    public void ToSafetensors_ValueAboveF16_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("x.safetensors"), [Of("big", TensorType.F32, [2, 2], [1, 2, 70000, 4])]);
        using var source = SafetensorsFile.Open(folder.File("x.safetensors"));
        var error = Assert.Throws<ModelFileException>(() => TensorConversion.ToSafetensors(folder.File("y.safetensors"), source, null, TensorType.F16));
        Assert.Contains("'big' holds 70000 at element 2", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("y.safetensors")));
        Assert.Throws<AttuneException>(() => TensorConversion.ToSafetensors(folder.File("y.safetensors"), source, null, TensorType.Q8_0));
    }

    [Fact]
    public void Write_OverTheSource_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.safetensors");
        SafetensorsWriter.Write(path, [Of("w", TensorType.F32, [2, 2], [1, 2, 3, 4])]);
        File.CreateSymbolicLink(folder.File("link.safetensors"), path);
        var before = File.ReadAllBytes(path);
        using var source = SafetensorsFile.Open(folder.File("link.safetensors"));
        foreach (var name in new[] { "x.safetensors", "link.safetensors" })
        {
            var error = Assert.Throws<AttuneException>(() => TensorConversion.ToSafetensors(folder.File(name), source, null, TensorType.BF16));
            Assert.Equal(AttuneErrorKind.Request, error.Kind);
            Assert.Contains("is the file that is read from", error.Message, StringComparison.Ordinal);
            Assert.Throws<AttuneException>(() => TensorConversion.ToGguf(folder.File(name), source, [], TensorType.Q8_0));
        }
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void ParseType_UnknownName_ListsThoseThatAreWritten()
    {
        Assert.Equal(TensorType.Q4_K, TensorConversion.ParseType("q4_k"));
        Assert.Contains("Q8_0", Assert.Throws<AttuneException>(() => TensorConversion.ParseType("Q9")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelFileInfo_GgufAndSafetensors_SayWhatIsInThem()
    {
        using var folder = new TemporaryFolder();
        TensorToWrite[] tensors = [Of("w", TensorType.F16, [2, 64], Values(128)), Of("n", TensorType.F32, [3], [1, 2, 3])];
        GgufWriter.Write(folder.File("x.gguf"), [new("general.architecture", GgufValue.Of("llama")), new("many", GgufValue.Of(GgufArray.Of(Enumerable.Range(0, 100).ToArray())))], tensors);
        var info = ModelFileInfo.Read(folder.File("x.gguf"));
        Assert.Equal(("GGUF version 3", "model", "llama", 131L, 268L), (info.Format, info.Kind, info.Architecture, info.Elements, info.Bytes));
        Assert.Equal("[0, 1, 2, 3, 4, 5, 6, 7, …] (100 of Int32)", info.Metadata[1].Value);
        Assert.Equal([(TensorType.F16, 1, 128L, 256L), (TensorType.F32, 1, 3L, 12L)], info.Types);
        SafetensorsWriter.Write(folder.File("model.safetensors"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        Assert.Equal("safetensors", ModelFileInfo.Read(folder.File("model.safetensors")).Format);
        Assert.Equal(info.Types, ModelFileInfo.Read(folder.Path).Types);
    }

    private static TensorToWrite Of(string name, TensorType type, long[] shape, float[] values) => TensorToWrite.FromFloats(name, type, shape, values);

    private static float[] Values(int count)
    {
        var random = new SeededRandom(5);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
    }

    private static byte[] Packed(StoredTensor tensor)
    {
        var bytes = new byte[tensor.Info.Bytes];
        tensor.CopyPacked(0, bytes);
        return bytes;
    }
}

using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class GgufFileTests
{
    private static string Refusal(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        var message = Assert.Throws<ModelFileException>(() => GgufFile.Open(folder.Write("wrong.gguf", bytes)).Dispose()).Message;
        Assert.Contains("wrong.gguf", message, StringComparison.Ordinal);
        return message;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Open_HandMadeFile_GivesMetadataAndTensors(uint version)
    {
        var bytes = new GgufBytes(tensors: 2, entries: 2, version)
            .Key("n", GgufValueType.UInt32).Number(7u)
            .Key("words", GgufValueType.Array).Number((uint)GgufValueType.String).Number(2ul).Text("a").Text("é")
            .Tensor("late", 0, 64, 3, 2)
            .Tensor("early", 8, 0, 32)
            .Align();
        var dataOffset = bytes.ToArray().Length;
        // Q8_0: d = 0.5 (0x3800), codes 1, −1, then zeros.
        bytes.Raw([0x00, 0x38, 1, 0xFF, .. new byte[30]]).Align().Raw(SafetensorsBytes.Floats(1, 2, 3, 4, 5, 6));
        using var folder = new TemporaryFolder();
        using var file = GgufFile.Open(folder.Write("x.gguf", bytes.ToArray()));
        Assert.Equal((int)version, file.Version);
        Assert.Equal(dataOffset, file.DataOffset);
        Assert.Equal(["n", "words"], file.Metadata.Keys);
        Assert.Equal(7u, file.Metadata["n"].Value);
        Assert.Equal(["a", "é"], file.Metadata.GetTexts("words"));
        Assert.Equal(["late", "early"], file.Tensors.Keys);
        Assert.Equal([2L, 3L], file.Tensors["late"].Info.Shape);
        Assert.Equal([1f, 2, 3, 4, 5, 6], file.Tensors["late"].ToFloat32());
        Assert.Equal([0.5f, -0.5f, 0f], file.Tensors["early"].ToFloat32()[..3]);
    }

    [Fact]
    public void Metadata_TypedAccessors_TakeAnyWidthAndNameTheKey()
    {
        using var folder = new TemporaryFolder();
        GgufWriter.Write(
            folder.File("x.gguf"),
            new Dictionary<string, GgufValue>
            {
                ["byte"] = GgufValue.Of((byte)9),
                ["long"] = GgufValue.Of(-5L),
                ["huge"] = GgufValue.Of(ulong.MaxValue),
                ["float"] = GgufValue.Of(0.25f),
                ["flag"] = GgufValue.Of(true),
                ["text"] = GgufValue.Of("t"),
                ["shorts"] = GgufValue.Of(GgufArray.Of(new short[] { -1, 4 })),
            },
            []);
        using var file = GgufFile.Open(folder.File("x.gguf"));
        Assert.Equal(9, file.Metadata.GetInteger("byte"));
        Assert.Equal(-5, file.Metadata.FindInteger("long"));
        Assert.Equal(0.25, file.Metadata.GetNumber("float"));
        Assert.Equal(9.0, file.Metadata.FindNumber("byte"));
        Assert.True(file.Metadata.FindFlag("flag"));
        Assert.Equal([-1L, 4L], file.Metadata.FindIntegers("shorts")!);
        Assert.Equal([9L], file.Metadata.FindIntegers("byte")!);
        Assert.Null(file.Metadata.FindText("none"));
        Assert.Null(file.Metadata.FindTexts("none"));
        Assert.Contains("'none'", Assert.Throws<ModelFileException>(() => file.Metadata.GetText("none")).Message, StringComparison.Ordinal);
        Assert.Contains("'text'", Assert.Throws<ModelFileException>(() => file.Metadata.GetInteger("text")).Message, StringComparison.Ordinal);
        Assert.Contains("'huge'", Assert.Throws<ModelFileException>(() => file.Metadata.GetInteger("huge")).Message, StringComparison.Ordinal);
        Assert.Contains("x.gguf", Assert.Throws<ModelFileException>(() => file.Metadata.FindTexts("shorts")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CutFile_SaysWhereItEndsAndWhatIsNeeded()
    {
        var bytes = new GgufBytes(1, 0).Tensor("w", 0, 0, 8).Align().Raw(new byte[16]).ToArray();
        var message = Refusal(bytes);
        Assert.Contains(FormattableString.Invariant($"ends at byte {bytes.Length} but tensor 'w' needs bytes up to {bytes.Length + 16}"), message, StringComparison.Ordinal);
        Assert.Contains("cut short", message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Wrong => new()
    {
        { "does not begin with 'GGUF'", new GgufBytes(0, 0, magic: "GGJT").ToArray() },
        { "big-endian", new GgufBytes(0, 0, magic: "FUGG").ToArray() },
        { "big-endian", new GgufBytes(0, 0, version: 0x03000000).ToArray() },
        { "version 1", new GgufBytes(0, 0, version: 1).ToArray() },
        { "tensors", new GgufBytes(1ul << 62, 0).ToArray() },
        { "metadata entries", new GgufBytes(0, ulong.MaxValue).ToArray() },
        { "key", new GgufBytes(0, 1).Number(1ul << 62).Raw(new byte[16]).ToArray() },
        { "'k'", new GgufBytes(0, 1).Key("k", GgufValueType.Array).Number(10u).Number(1ul << 62).Raw(new byte[16]).ToArray() },
        { "type 13", new GgufBytes(0, 1).Key("k", (GgufValueType)13).Raw(new byte[16]).ToArray() },
        { "true (1)", new GgufBytes(0, 1).Key("k", GgufValueType.Bool).Raw(2).ToArray() },
        { "not UTF-8", new GgufBytes(0, 1).Key("k", GgufValueType.String).Number(1ul).Raw(0xFF).ToArray() },
        { "twice", new GgufBytes(0, 2).Key("k", GgufValueType.UInt8).Raw(1).Key("k", GgufValueType.UInt8).Raw(1).ToArray() },
        { "general.alignment", new GgufBytes(0, 1).Key("general.alignment", GgufValueType.UInt32).Number(48u).ToArray() },
        { "0 axes", new GgufBytes(1, 0).Tensor("w", 0, 0).Raw(new byte[64]).ToArray() },
        { "5 axes", new GgufBytes(1, 0).Tensor("w", 0, 0, 1, 1, 1, 1, 1).Raw(new byte[64]).ToArray() },
        { "64 bits", new GgufBytes(1, 0).Tensor("w", 0, 0, 1ul << 32, 1ul << 32).Raw(new byte[64]).ToArray() },
        { "axis of 0", new GgufBytes(1, 0).Tensor("w", 0, 0, 0).Raw(new byte[64]).ToArray() },
        { "blocks of 32", new GgufBytes(1, 0).Tensor("w", 8, 0, 33).Raw(new byte[64]).ToArray() },
        { "type 4", new GgufBytes(1, 0).Tensor("w", 4, 0, 32).Raw(new byte[64]).ToArray() },
        { "no multiple", new GgufBytes(1, 0).Tensor("w", 0, 4, 1).Raw(new byte[64]).ToArray() },
        { "behind the end", new GgufBytes(1, 0).Tensor("w", 0, ulong.MaxValue - 31, 1).Raw(new byte[64]).ToArray() },
        { "cut short", new GgufBytes(1, 0).Tensor("w", 0, long.MaxValue - 31, 1).Raw(new byte[64]).ToArray() },
        { "two tensors named 'w'", new GgufBytes(2, 0).Tensor("w", 0, 0, 1).Tensor("w", 0, 32, 1).Raw(new byte[128]).ToArray() },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Open_WrongFile_NamesTheFault(string fault, byte[] bytes) =>
        Assert.Contains(fault, Refusal(bytes), StringComparison.Ordinal);

    [Fact]
    public void Open_OverlappingTensors_AreRefused() => Assert.Contains(
        "'a' and 'b' share bytes",
        Refusal(new GgufBytes(2, 0).Tensor("b", 0, 32, 1).Tensor("a", 8, 0, 32).Align().Raw(new byte[64]).ToArray()),
        StringComparison.Ordinal);

    [Fact]
    public void Open_DeeplyNestedArrays_AreRefused()
    {
        var bytes = new GgufBytes(0, 1).Key("k", GgufValueType.Array);
        for (var i = 0; i < 5000; i++)
            bytes.Number((uint)GgufValueType.Array).Number(1ul);
        Assert.Contains("deeper", Refusal(bytes.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Tensor_OfUndecodedType_OpensButSaysSoWhenRead()
    {
        using var folder = new TemporaryFolder();
        using var file = GgufFile.Open(folder.Write("x.gguf", new GgufBytes(1, 0).Tensor("w", 15, 0, 256).Align().Raw(new byte[292]).ToArray()));
        var error = Assert.Throws<ModelFileException>(file.Tensors["w"].ToFloat32);
        Assert.Contains("Q8_K", error.Message, StringComparison.Ordinal);
        Assert.Contains("x.gguf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadPart_RowsOfABlockType_EqualThoseOfTheWhole()
    {
        using var folder = new TemporaryFolder();
        var values = Enumerable.Range(0, 96).Select(i => (float)(i - 40)).ToArray();
        GgufWriter.Write(folder.File("x.gguf"), [], [TensorToWrite.FromFloats("w", TensorType.Q4_1, [3, 32], values)]);
        using var file = GgufFile.Open(folder.File("x.gguf"));
        var part = new float[32];
        file.Tensors["w"].ReadPart(64, part);
        Assert.Equal(file.Tensors["w"].ToFloat32()[64..], part);
        Assert.Throws<ArgumentException>(() => file.Tensors["w"].ReadPart(16, part));
        Assert.Throws<ArgumentException>(() => file.Tensors["w"].ReadPart(96, part));
        Assert.Throws<ArgumentException>(() => file.Tensors["w"].ReadFloat32(part));
    }
}

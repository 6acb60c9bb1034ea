using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class GgufWriterTests
{
    private static readonly KeyValuePair<string, GgufValue>[] EveryType =
    [
        new("u8", GgufValue.Of((byte)255)),
        new("i8", GgufValue.Of((sbyte)-128)),
        new("u16", GgufValue.Of((ushort)65535)),
        new("i16", GgufValue.Of((short)-32768)),
        new("u32", GgufValue.Of(uint.MaxValue)),
        new("i32", GgufValue.Of(int.MinValue)),
        new("f32", GgufValue.Of(0.1f)),
        new("bool", GgufValue.Of(true)),
        new("string", GgufValue.Of("naïve 日本\0end")),
        new("u64", GgufValue.Of(ulong.MaxValue)),
        new("i64", GgufValue.Of(long.MinValue)),
        new("f64", GgufValue.Of(5e-324)),
        new("empty", GgufValue.Of(GgufArray.Of(Array.Empty<uint>()))),
        new("bools", GgufValue.Of(GgufArray.Of(new[] { true, false }))),
        new("nested", GgufValue.Of(GgufArray.Of(new[] { GgufArray.Of(new[] { 1, -1 }), GgufArray.Of(new[] { "x" }) }))),
    ];

    [Fact]
    public void Write_EveryValueType_IsReadBack()
    {
        using var folder = new TemporaryFolder();
        GgufWriter.Write(folder.File("x.gguf"), EveryType, []);
        using var file = GgufFile.Open(folder.File("x.gguf"));
        Assert.Equal(EveryType.Select(e => e.Key), file.Metadata.Keys);
        foreach (var (key, value) in EveryType)
            Assert.Equal(value, file.Metadata[key]);
    }

    [Fact]
    public void Write_OneTensor_GivesTheseBytes()
    {
        using var folder = new TemporaryFolder();
        GgufWriter.Write(
            folder.File("x.gguf"),
            [new("n", GgufValue.Of(7u))],
            [TensorToWrite.FromFloats("w", TensorType.F32, [2, 3], new float[] { 1, 2, 3, 4, 5, 6 })]);
        var expected = new GgufBytes(1, 1).Key("n", GgufValueType.UInt32).Number(7u).Tensor("w", 0, 0, 3, 2).Align()
            .Raw(SafetensorsBytes.Floats(1, 2, 3, 4, 5, 6)).Align().ToArray();
        Assert.Equal(expected, File.ReadAllBytes(folder.File("x.gguf")));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    public void Write_WithAlignment_PlacesTensorsOnIt(int alignment)
    {
        using var folder = new TemporaryFolder();
        GgufWriter.Write(
            folder.File("x.gguf"),
            [new("general.alignment", GgufValue.Of((uint)alignment))],
            [
                TensorToWrite.FromFloats("a", TensorType.F16, [1], new float[] { 1 }),
                TensorToWrite.FromFloats("b", TensorType.Q8_0, [32], new float[32]),
                TensorToWrite.FromFloats("c", TensorType.F32, [1], new float[] { 3 }),
            ]);
        using var file = GgufFile.Open(folder.File("x.gguf"));
        Assert.Equal(alignment, file.Alignment);
        Assert.All(file.Tensors.Values, t => Assert.Equal(0, t.Info.Offset % alignment));
        Assert.Equal([3f], file.Tensors["c"].ToFloat32());
    }

    [Fact]
    public void Write_LongTensor_IsEncodedInPartsAsInOne()
    {
        using var folder = new TemporaryFolder();
        var random = new Attune.Tensors.SeededRandom(1);
        var values = Enumerable.Range(0, 32 * 1500).Select(_ => (float)random.NextNormal()).ToArray();
        GgufWriter.Write(folder.File("x.gguf"), [], [TensorToWrite.FromFloats("w", TensorType.Q4_0, [1500, 32], values)]);
        var packed = new byte[18 * 1500];
        Quantiser.Quantise(TensorType.Q4_0, values, packed);
        var expected = new float[values.Length];
        Dequantiser.Dequantise(TensorType.Q4_0, packed, expected);
        using var file = GgufFile.Open(folder.File("x.gguf"));
        Assert.Equal(expected, file.Tensors["w"].ToFloat32());
    }

    [Fact]
    public void Write_WhatGgufCannotHold_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("x.gguf");
        var one = TensorToWrite.FromFloats("a", TensorType.F32, [1], new float[1]);
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, [], [one, one]));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, [new("k", GgufValue.Of(1)), new("k", GgufValue.Of(1))], []));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, [new("general.alignment", GgufValue.Of(3u))], []));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, [], [TensorToWrite.FromFloats("a", TensorType.F32, [], new float[1])]));
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(path, [], [TensorToWrite.FromBytes("a", TensorType.U8, [1], new byte[1])]));
        Assert.Throws<ArgumentException>(() => GgufValue.Of(1m));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}

using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class QuantiserTests
{
    public static TheoryData<TensorType> Blocks => [.. Quantiser.Routines.Keys.Where(TensorTypes.IsQuantised).Order()];

    public static TheoryData<string> Goldens => FixtureFiles.Matching("quantisation", "*.safetensors", QuantisedByGguf);

    public static TheoryData<string> GoldensWithX => FixtureFiles.Matching("quantisation", "*.safetensors", p => Entry(p).GetProperty("tensors").TryGetProperty("x_q8_0", out _));

    [Fact]
    public void Quantise_Committed_EqualsReferenceByteForByte()
    {
        var cases = QuantisationGoldens.Read("quantise");
        Assert.Equal(7, cases.Select(c => c.Type).Distinct().Count());
        foreach (var (type, expected, values) in cases)
        {
            var packed = new byte[expected.Length];
            Quantiser.Quantise(type, values, packed);
            Assert.Equal(expected, packed);
        }
    }

    [Fact]
    public void Quantise_HandWorkedQ8_RoundsHalvesAwayFromZero()
    {
        var values = new float[32];
        (values[0], values[1], values[2], values[3]) = (127, 2.5f, -2.5f, 3.4f);
        var packed = new byte[34];
        Quantiser.Quantise(TensorType.Q8_0, values, packed);
        // d = 1 = 0x3C00.
        Assert.Equal([0x00, 0x3C, 127, 3, 253, 3, 0], packed[..7]);
    }

    [Fact]
    public void Quantise_HandWorkedQ4_TakesTheLargestWithItsSign()
    {
        var values = new float[32];
        (values[0], values[1], values[31]) = (8, -1, 7.5f);
        var packed = new byte[18];
        Quantiser.Quantise(TensorType.Q4_0, values, packed);
        // d = 8/−8 = −1 = 0xBC00; 8 → 0, −1 → 9, 0 → 8, 7.5 → ⌊−7.5 + 8.5⌋ = 1.
        Assert.Equal([0x00, 0xBC, 0x80, 0x89, 0x88], packed[..5]);
        Assert.Equal(0x18, packed[17]);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Quantise_ThenDequantise_IsWithinHalfAStep(TensorType type)
    {
        var random = new Attune.Tensors.SeededRandom(3);
        var values = Enumerable.Range(0, 320).Select(_ => (float)random.NextNormal()).ToArray();
        var packed = new byte[TensorTypes.Bytes(type, values.Length)];
        Quantiser.Quantise(type, values, packed);
        var back = new float[values.Length];
        Dequantiser.Dequantise(type, packed, back);
        // The widest range is ±4.5 (σ 1); at the end of the range of Q4_0 and Q5_0 a value may be a whole step away.
        var codes = type switch { TensorType.Q4_0 or TensorType.Q4_1 => 15, TensorType.Q5_0 or TensorType.Q5_1 => 31, _ => 255 };
        Assert.All(values.Zip(back), p => Assert.InRange(MathF.Abs(p.First - p.Second), 0, 9f / codes * 1.01f));
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Quantise_NotFinite_IsRefused(TensorType type)
    {
        var values = new float[32];
        values[5] = float.NaN;
        var error = Assert.Throws<Attune.Tensors.AttuneException>(() => Quantiser.Quantise(type, values, new byte[TensorTypes.BlockBytes(type)]));
        Assert.Contains("value 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantise_NaNToBF16_StaysNaN()
    {
        var packed = new byte[4];
        Quantiser.Quantise(TensorType.BF16, [BitConverter.UInt32BitsToSingle(0x7FFFFFFF), BitConverter.UInt32BitsToSingle(0x7F800001)], packed);
        var back = new float[2];
        Dequantiser.Dequantise(TensorType.BF16, packed, back);
        Assert.All(back, v => Assert.True(float.IsNaN(v)));
    }

    [SkippableTheory]
    [MemberData(nameof(Goldens))]
    [Trait("Category", "Goldens")]
    public void Quantise_Golden_EqualsReferenceByteForByte(string path)
    {
        FixtureFiles.Require(path);
        var type = Enum.Parse<TensorType>(Entry(path).GetProperty("type").GetString()!);
        using var file = SafetensorsFile.Open(path);
        foreach (var (source, packed) in new[] { ("source", "packed"), ("special", "special_packed") })
        {
            if (!file.Tensors.TryGetValue(source, out var values))
                continue;
            var expected = QuantisationGoldens.Bytes(file.Tensors[packed]);
            var actual = new byte[expected.Length];
            Quantiser.Quantise(type, values.ToFloat32(), actual);
            Assert.Equal(expected, actual);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(GoldensWithX))]
    [Trait("Category", "Goldens")]
    public void Quantise_GoldenX_GivesItsQ8Bytes(string path)
    {
        FixtureFiles.Require(path);
        using var file = SafetensorsFile.Open(path);
        var expected = QuantisationGoldens.Bytes(file.Tensors["x_q8_0"]);
        var actual = new byte[expected.Length];
        Quantiser.Quantise(TensorType.Q8_0, file.Tensors["x"].ToFloat32(), actual);
        Assert.Equal(expected, actual);
    }

    // Others search for scales, so their bytes need not match.
    private static bool QuantisedByGguf(string path) => Entry(path).GetProperty("quantiser").GetString() == "gguf"
        && Enum.TryParse<TensorType>(Entry(path).GetProperty("type").GetString(), out var type) && Quantiser.CanWrite(type);

    private static JsonElement Entry(string path)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, "manifest.json")));
        return manifest.RootElement.EnumerateArray().First(e => e.GetProperty("file").GetString() == Path.GetFileName(path)).Clone();
    }
}

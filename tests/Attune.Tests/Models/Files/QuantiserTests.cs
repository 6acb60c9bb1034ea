using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class QuantiserTests
{
    public static TheoryData<TensorType> Blocks => [.. Quantiser.Routines.Keys.Where(TensorTypes.IsQuantised).Order()];

    public static TheoryData<string> Goldens => FixtureFiles.Matching("quantisation", "*.safetensors", QuantisedByGguf);

    public static TheoryData<string> GoldensWithX => FixtureFiles.Matching("quantisation", "*.safetensors", p => Entry(p).GetProperty("tensors").TryGetProperty("x_q8_0", out _));

    public static TheoryData<string> Searched => FixtureFiles.Matching("quantisation", "*.safetensors", p => Entry(p).GetProperty("quantiser").GetString() == "ggml");

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
        var values = Enumerable.Range(0, 512).Select(_ => (float)random.NextNormal()).ToArray();
        var packed = new byte[TensorTypes.Bytes(type, values.Length)];
        Quantiser.Quantise(type, values, packed);
        var back = new float[values.Length];
        Dequantiser.Dequantise(type, packed, back);
        // The widest range is ±4.5 (σ 1); at the end of the range of a signed type a value may be a whole step away, and the levels of
        // MXFP4 and IQ4 are at most 4 of 24 and 24 of 240 parts apart.
        var codes = type switch
        {
            TensorType.TQ1_0 or TensorType.TQ2_0 => 2,
            TensorType.Q2_K => 3,
            TensorType.MXFP4 => 6,
            TensorType.Q3_K => 7,
            TensorType.IQ4_NL or TensorType.IQ4_XS => 10,
            TensorType.Q4_0 or TensorType.Q4_1 or TensorType.Q4_K => 15,
            TensorType.Q5_0 or TensorType.Q5_1 or TensorType.Q5_K => 31,
            TensorType.Q6_K => 63,
            _ => 255,
        };
        Assert.All(values.Zip(back), p => Assert.InRange(MathF.Abs(p.First - p.Second), 0, 9f / codes * 1.01f));
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Quantise_NotFinite_IsRefused(TensorType type)
    {
        var values = new float[TensorTypes.BlockLength(type)];
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

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Quantise_ZerosAndSingleValues_ComeBack(TensorType type)
    {
        var block = TensorTypes.BlockLength(type);
        foreach (var value in new[] { 0f, 1e-30f, 1f, -1f, 3f, -1000f })
        {
            var values = new float[2 * block];
            values[block + 7] = value;
            var packed = new byte[TensorTypes.Bytes(type, values.Length)];
            Quantiser.Quantise(type, values, packed);
            var back = new float[values.Length];
            Dequantiser.Dequantise(type, packed, back);
            // IQ4 has no level 0, but one at 1/113 of the last; MXFP4 ends at 6 of 8.
            var (zero, one) = type switch
            {
                TensorType.IQ4_NL or TensorType.IQ4_XS => (0.01f, 2e-3f),
                TensorType.MXFP4 => (0, 0.25f),
                _ => (1e-3f, 2e-3f),
            };
            Assert.All(back.Where((_, i) => i != block + 7), v => Assert.InRange(MathF.Abs(v), 0, MathF.Abs(value) * zero));
            Assert.InRange(MathF.Abs(back[block + 7] - value), 0, (MathF.Abs(value) * one) + 1e-29f);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Searched))]
    [Trait("Category", "Goldens")]
    public void Quantise_GoldenOfASearchingType_IsNoWorseThanTheReference(string path)
    {
        FixtureFiles.Require(path);
        var type = Enum.Parse<TensorType>(Entry(path).GetProperty("type").GetString()!);
        using var file = SafetensorsFile.Open(path);
        var rows = file.Tensors["source"].Info.Shape[0];
        var (values, columns) = (file.Tensors["source"].ToFloat32(), (int)file.Tensors["source"].Info.Shape[1]);
        var worst = new List<string>();
        for (var row = 0; row < rows; row++)
        {
            var x = values.AsSpan(row * columns, columns);
            var (packed, back) = (new byte[TensorTypes.Bytes(type, columns)], new float[columns]);
            Quantiser.Quantise(type, x, packed);
            Dequantiser.Dequantise(type, packed, back);
            double sum = 0;
            for (var i = 0; i < columns; i++)
                sum += Math.Pow((double)x[i] - back[i], 2);
            var (error, reference) = (Math.Sqrt(sum / columns), Entry(path).GetProperty("row_rmse")[row].GetDouble());
            if (!(error <= 1.05 * reference))
                worst.Add(FormattableString.Invariant($"row {row}: {error:g4}, reference {reference:g4}"));
        }
        Assert.Empty(worst);
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

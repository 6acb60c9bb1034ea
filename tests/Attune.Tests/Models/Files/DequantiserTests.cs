using System.Runtime.InteropServices;
using Attune.Models.Files;

namespace Attune.Tests.Models.Files;

public class DequantiserTests
{
    public static TheoryData<TensorType> Decoded => [.. Dequantiser.Routines.Keys.Order()];

    public static TheoryData<string> Goldens => FixtureFiles.Matching("quantisation", "*.safetensors");

    [Theory]
    [MemberData(nameof(Decoded))]
    public void Dequantise_ZeroBytes_GivesZeros(TensorType type)
    {
        // All codes zero under a scale of zero; −0 counts as 0.
        var values = new float[2 * 256];
        Array.Fill(values, 1);
        Dequantiser.Dequantise(type, new byte[TensorTypes.Bytes(type, values.Length)], values);
        // MXFP4 has no scale of zero, but its code 0 is 0.
        Assert.All(values, v => Assert.Equal(0f, v));
    }

    [Theory]
    [MemberData(nameof(Decoded))]
    public void Dequantise_WrongLength_IsRefused(TensorType type)
    {
        var length = TensorTypes.BlockLength(type);
        Assert.Throws<ArgumentException>(() => Dequantiser.Dequantise(type, new byte[TensorTypes.BlockBytes(type)], new float[2 * length]));
        Assert.Throws<ArgumentException>(() => Dequantiser.Dequantise(type, new byte[TensorTypes.BlockBytes(type) - 1], new float[length]));
    }

    [Fact]
    public void Dequantise_Committed_EqualsReferenceBitForBit()
    {
        var cases = QuantisationGoldens.Read("dequantise");
        Assert.Equal(25, cases.Select(c => c.Type).Distinct().Count());
        foreach (var (type, packed, expected) in cases)
            CheckSame(type, packed, expected);
    }

    [Fact]
    public void Dequantise_HandWorkedQ4K_FollowsTheLayout()
    {
        // d = 1, dmin = 0.5; group 0: scale 3, minimum 2; group 5: scale 33 = 1 + 2·16, minimum 17 = 1 + 1·16.
        var block = new byte[144];
        block[1] = 0x3C;
        block[3] = 0x38;
        block[4] = 3;
        block[8] = 2;
        block[4 + 1] |= 2 << 6;
        block[4 + 5] |= 1 << 6;
        block[4 + 9] = 1 | (1 << 4);
        block[16] = 7;
        block[16 + (32 * 2)] = 9 << 4;
        var values = new float[256];
        Dequantiser.Dequantise(TensorType.Q4_K, block, values);
        Assert.Equal((3 * 7) - 1f, values[0]);
        Assert.Equal(-1f, values[1]);
        Assert.Equal((33 * 9) - 8.5f, values[32 * 5]);
        Assert.Equal(-8.5f, values[(32 * 5) + 1]);
    }

    [Fact]
    public void Dequantise_EveryF16Code_EqualsTheScalarConversion()
    {
        // 3 more than whole vectors, so that the tail is read as well.
        var codes = Enumerable.Range(0, 65536 + 3).Select(c => (ushort)c).ToArray();
        var values = new float[codes.Length];
        Dequantiser.Dequantise(TensorType.F16, MemoryMarshal.AsBytes(codes.AsSpan()), values);
        for (var i = 0; i < codes.Length; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf(codes[i]);
            Assert.True(float.IsNaN(expected) ? float.IsNaN(values[i]) : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(values[i]));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Goldens))]
    [Trait("Category", "Goldens")]
    public void Dequantise_Golden_EqualsReferenceBitForBit(string path)
    {
        FixtureFiles.Require(path);
        var name = Path.GetFileNameWithoutExtension(path).ToUpperInvariant();
        Skip.IfNot(Enum.TryParse<TensorType>(name, out var type), $"{name} is no tensor type of a file");
        using var file = SafetensorsFile.Open(path);
        Skip.IfNot(Dequantiser.CanRead(type), $"{name} is listed but not decoded");
        var pairs = file.Tensors.Keys.Where(k => k.EndsWith("packed", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(pairs);
        foreach (var packed in pairs)
            CheckSame(type, QuantisationGoldens.Bytes(file.Tensors[packed]), file.Tensors[packed.Replace("packed", "values", StringComparison.Ordinal)].ToFloat32());
    }

    private static void CheckSame(TensorType type, byte[] packed, float[] expected)
    {
        var actual = new float[expected.Length];
        Dequantiser.Dequantise(type, packed, actual);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Bits(expected[i]) == Bits(actual[i]), FormattableString.Invariant($"{type} element {i}: {actual[i]:R}, expected {expected[i]:R}"));
    }

    // −0 and 0 count as equal.
    private static int Bits(float value) => value == 0 ? 0 : BitConverter.SingleToInt32Bits(value);
}

using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Tests.Models.Files;

public class NormalFloat4Tests
{
    public static TheoryData<string> Goldens => FixtureFiles.Matching("quantisation", "nf4*.safetensors");

    [Fact]
    public void Table_IsAscendingFromMinusOneToOneWithZero()
    {
        Assert.Equal(NormalFloat4.Table.ToArray().Order(), NormalFloat4.Table.ToArray());
        Assert.Equal((-1f, 0f, 1f), (NormalFloat4.Table[0], NormalFloat4.Table[7], NormalFloat4.Table[15]));
    }

    [Fact]
    public void Quantise_HandWorked_PutsTheEvenElementHigh()
    {
        var values = new float[64];
        (values[0], values[1], values[2], values[3]) = (-2, 2, 0.1f, -0.1f);
        var (packed, largest) = (new byte[32], new float[1]);
        NormalFloat4.Quantise(values, packed, largest);
        Assert.Equal(2, largest[0]);
        // −1 → code 0, 1 → 15; 0.05 is above the middle of 0 and 0.0796, −0.05 below that of −0.091 and 0.
        Assert.Equal([0x0F, 0x86, 0x77], packed[..3]);
        var back = new float[64];
        NormalFloat4.Dequantise(packed, largest, back);
        Assert.Equal([-2f, 2, 2 * NormalFloat4.Table[8], 2 * NormalFloat4.Table[6], 0], back[..5]);
    }

    [Fact]
    public void Quantise_BetweenTwoLevels_TakesTheLower()
    {
        var values = new float[64];
        // Between codes 7 and 8.
        (values[0], values[1]) = (1, NormalFloat4.Table[8] / 2);
        var (packed, largest) = (new byte[32], new float[1]);
        NormalFloat4.Quantise(values, packed, largest);
        Assert.Equal(0xF7, packed[0]);
        values[1] = MathF.BitIncrement(values[1]);
        NormalFloat4.Quantise(values, packed, largest);
        Assert.Equal(0xF8, packed[0]);
    }

    [Fact]
    public void Quantise_WrongInput_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => NormalFloat4.Quantise(new float[63], new byte[32], new float[1]));
        Assert.Throws<ArgumentException>(() => NormalFloat4.Dequantise(new byte[32], new float[2], new float[64]));
        var values = new float[64];
        values[9] = float.NaN;
        Assert.Contains("value 9", Assert.Throws<AttuneException>(() => NormalFloat4.Quantise(values, new byte[32], new float[1])).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Goldens))]
    [Trait("Category", "Goldens")]
    public void BothWays_Golden_EqualBitForBit(string path)
    {
        FixtureFiles.Require(path);
        using var file = SafetensorsFile.Open(path);
        // The file's table is worked out anew, that of the paper is printed: they differ in the last bit.
        var table = file.Tensors["table"].ToFloat32();
        Assert.All(table.Zip(NormalFloat4.Table.ToArray()), p => Assert.Equal(p.First, p.Second, 2e-7f));
        var source = file.Tensors["source"].ToFloat32();
        var (packed, largest, values) = (new byte[source.Length / 2], new float[source.Length / 64], new float[source.Length]);
        NormalFloat4.Quantise(source, packed, largest, table);
        Assert.Equal(file.Tensors["absmax"].ToFloat32(), largest);
        Assert.Equal(QuantisationGoldens.Bytes(file.Tensors["packed"]), packed);
        NormalFloat4.Dequantise(packed, largest, values, table);
        Assert.Equal(file.Tensors["values"].ToFloat32(), values);
    }
}

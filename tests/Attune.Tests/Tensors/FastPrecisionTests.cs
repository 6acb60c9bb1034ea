using Attune.Tensors;
using Attune.Tensors.Kernels;
using Attune.Tensors.Kernels.Reference;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

public class FastPrecisionTests
{
    public static TheoryData<string> Tiers => [.. Enum.GetNames<IntegerTier>()];

    [SkippableTheory]
    [MemberData(nameof(Tiers))]
    public void IntegerProduct_EveryTier_EqualsTheReferenceBitForBit(string name)
    {
        var tier = Supported(name);
        var random = new SeededRandom(3);
        foreach (var format in FastPrecisionCases.Quantised)
            foreach (var (columns, outputs) in ((int, int)[])[(32, 1), (64, 17), (96, 16), (160, 33), (576, 40), (1536, 15)])
            {
                var packed = FastPrecisionCases.Packed(format, outputs, columns, random);
                using var weight = WeightMatrix.Create(format, outputs, columns, packed);
                foreach (var rows in (int[])[1, 2, 3, 4, 5, 7, 8, 11, 15, 16, 33])
                {
                    var x = TestTensors.Normal(random, rows * columns);
                    FastPrecisionCases.AssertSameBits(
                        ReferenceFastProduct.Integer(format, packed, outputs, columns, x),
                        FastPrecisionCases.Product(weight, x, tier), $"{name} {format} [{rows}, {columns}] x [{outputs}, {columns}]");
                }
            }
    }

    [SkippableTheory]
    [MemberData(nameof(Tiers))]
    public void IntegerProduct_LargestCodes_DoNotSaturate(string name)
    {
        var tier = Supported(name);
        foreach (var format in FastPrecisionCases.Quantised)
            foreach (var code in (byte[])[0x00, 0x7f, 0x80, 0xff])
                foreach (var sign in (int[])[1, -1])
                {
                    var packed = new byte[WeightMatrix.BlockBytes(format)];
                    Array.Fill(packed, code);
                    BitConverter.TryWriteBytes(packed, (Half)1);
                    if (format == WeightFormat.Q4_1)
                        BitConverter.TryWriteBytes(packed.AsSpan(2), (Half)0);
                    using var weight = WeightMatrix.Create(format, 1, 32, packed);
                    var x = Enumerable.Repeat(127f * sign, 32).ToArray();
                    int low = code & 15, high = code >> 4;
                    var sum = format switch
                    {
                        WeightFormat.Q8_0 => 32 * (sbyte)code,
                        WeightFormat.Q4_0 => 16 * (low + high - 16),
                        _ => 16 * (low + high),
                    };
                    Assert.Equal(127f * sign * sum, FastPrecisionCases.Product(weight, x, tier)[0]);
                }
    }

    [Theory, InlineData(WeightFormat.Q4_0, 1f), InlineData(WeightFormat.Q4_1, 5f), InlineData(WeightFormat.Q8_0, -30f)]
    public void Linear_HandWorkedBlock_GivesTheSum(WeightFormat format, float expected)
    {
        // d = 0.5, m = −2. Activations 127, −127, 2.5 (a tie: to 2), 0.4 (to 0) at columns 0, 1, 16, 31: scale 1, sum of codes 2.
        var packed = new byte[WeightMatrix.BlockBytes(format)];
        BitConverter.TryWriteBytes(packed, (Half)0.5);
        if (format == WeightFormat.Q4_1)
            BitConverter.TryWriteBytes(packed.AsSpan(2), (Half)(-2));
        var codes = packed.AsSpan(format == WeightFormat.Q4_1 ? 4 : 2);
        if (format == WeightFormat.Q8_0)
            (codes[0], codes[1], codes[16]) = (unchecked((byte)-5), unchecked((byte)-5), unchecked((byte)-30));
        else
            (codes[0], codes[1]) = (3 + (9 << 4), 3);
        var x = new float[32];
        (x[0], x[1], x[16], x[31]) = (127, -127, 2.5f, 0.4f);
        // Q8_0: 0.5·(2·−30) = −30. Q4_1: 0.5·(9·2) − 2·2 = 5. Q4_0: 0.5·(1·2) = 1.
        using var weight = WeightMatrix.Create(format, 1, 32, packed);
        Assert.Equal(expected, FastPrecisionCases.Linear(weight, x)[0]);
    }

    [SkippableTheory]
    [MemberData(nameof(Tiers))]
    public void IntegerProduct_NotFiniteActivation_MakesItsRowNaNAndNoOther(string name)
    {
        var tier = Supported(name);
        var random = new SeededRandom(4);
        foreach (var format in FastPrecisionCases.Quantised)
            foreach (var bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
            {
                using var weight = WeightMatrix.Create(format, 20, 96, FastPrecisionCases.Packed(format, 20, 96, random));
                var x = TestTensors.Normal(random, 9 * 96);
                var clean = FastPrecisionCases.Product(weight, x, tier);
                x[5 * 96 + 50] = bad;
                var y = FastPrecisionCases.Product(weight, x, tier);
                for (var i = 0; i < y.Length; i++)
                    Assert.True(i / 20 == 5 ? float.IsNaN(y[i]) : y[i] == clean[i]);
            }
    }

    [SkippableTheory]
    [MemberData(nameof(Tiers))]
    public void IntegerProduct_ZeroTinyAndHugeBlocks_FollowTheReference(string name)
    {
        var tier = Supported(name);
        var random = new SeededRandom(5);
        foreach (var format in FastPrecisionCases.Quantised)
            foreach (var scale in (double[])[0, 1e-45, 1e-38, 7e-25, 9e-25, 1e-20, 1e30, 1e38])
            {
                var packed = FastPrecisionCases.Packed(format, 18, 64, random);
                using var weight = WeightMatrix.Create(format, 18, 64, packed);
                var x = TestTensors.Normal(random, 5 * 64);
                for (var i = 0; i < x.Length; i++)
                    if (i / 32 % 3 != 0)
                        x[i] = (float)(Math.Clamp(x[i], -3, 3) * scale);
                var y = FastPrecisionCases.Product(weight, x, tier);
                FastPrecisionCases.AssertSameBits(ReferenceFastProduct.Integer(format, packed, 18, 64, x), y, $"{name} {format} {scale}");
                Assert.True(scale > 1e37 || y.All(float.IsFinite));
                // Row 2 has blocks 4 and 5, both scaled.
                if (scale < 1e-25)
                    Assert.All(y[(2 * 18)..(3 * 18)], v => Assert.Equal(0f, v));
            }
    }

    [Fact]
    public void Linear_FloatWeightsOrARecordingGraph_AreExact()
    {
        var random = new SeededRandom(6);
        var x = TestTensors.Normal(random, 3 * 64);
        using var wide = WeightMatrix.Create(9, 64, TestTensors.Normal(random, 9 * 64));
        FastPrecisionCases.AssertSameBits(FastPrecisionCases.Linear(wide, x, Precision.Exact), FastPrecisionCases.Linear(wide, x), "F32");
        using var quantised = WeightMatrix.Create(WeightFormat.Q4_1, 9, 64, FastPrecisionCases.Packed(WeightFormat.Q4_1, 9, 64, random));
        var exact = FastPrecisionCases.Linear(quantised, x, Precision.Exact);
        FastPrecisionCases.AssertSameBits(exact, FastPrecisionCases.Linear(quantised, x, recording: true), "recording");
        Assert.NotEqual(exact, FastPrecisionCases.Linear(quantised, x));
    }

    [Theory, InlineData(WeightFormat.F16), InlineData(WeightFormat.BF16)]
    public void Linear_HalfWeights_RoundActivationsToBrainFloat(WeightFormat format)
    {
        // 1 + 2⁻⁸ lies between 1 and 1 + 2⁻⁷ (to the even 1), 1 + 3·2⁻⁸ between two as well (to 1 + 2⁻⁶); the largest float goes to infinity.
        var one = format == WeightFormat.F16 ? (ushort)0x3c00 : (ushort)0x3f80;
        using var weight = WeightMatrix.Create(format, 1, 1, BitConverter.GetBytes(one));
        float[] x = [1.00390625f, 1.01171875f, -1.00390625f, 1.0039064f, 3, 0, float.MaxValue, float.NegativeInfinity, BitConverter.Int32BitsToSingle(0x7f800001), BitConverter.Int32BitsToSingle(-1)];
        float[] expected = [1, 1.015625f, -1, 1.0078125f, 3, 0, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.NaN];
        Assert.Equal(expected, FastPrecisionCases.Linear(weight, x));
        var random = new SeededRandom(7);
        using var many = WeightMatrix.Create(format, 21, 45, [.. Enumerable.Range(0, 21 * 45).SelectMany(_ => BitConverter.GetBytes((ushort)(0x3000 + random.Next(0x1000))))]);
        var y = TestTensors.Normal(random, 7 * 45);
        float[] rounded = [.. y.Select(ReferenceFastProduct.Brain)];
        var (wanted, got) = (FastPrecisionCases.Linear(many, rounded, Precision.Exact), FastPrecisionCases.Linear(many, y));
        if (format == WeightFormat.F16)
        {
            FastPrecisionCases.AssertSameBits(wanted, got, "F16");
            return;
        }
        // Sums of pairs in another order: within the bound that BrainProduct states.
        var w = new float[45];
        for (var i = 0; i < got.Length; i++)
        {
            many.ReadRow(i % 21, w);
            var bound = w.Select((v, k) => Math.Abs((double)v * rounded[i / 21 * 45 + k])).Sum() * Math.Pow(2, -22);
            Assert.True(Math.Abs((double)got[i] - wanted[i]) <= bound, $"element {i} is {got[i]}, expected {wanted[i]} within {bound}");
        }
    }

    private static IntegerTier Supported(string name)
    {
        var tier = Enum.Parse<IntegerTier>(name);
        Skip.IfNot(IntegerTiers.IsSupported(tier), $"this processor has no {name}");
        return tier;
    }
}

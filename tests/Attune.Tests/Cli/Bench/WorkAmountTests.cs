using Attune.Cli.Bench;
using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Tests.Cli.Bench;

/// <summary>The tiny model has 18,432 weights in its blocks and a head of 257×32; in float32, rows padded to a multiple of 16.</summary>
public class WorkAmountTests
{
    private static readonly MachineLimits Limits = new(2, new("", 1e9, 2e9), new("", 2e9, 4e9), new("", 4e9, 8e9), new("", 5e8, 1e9));

    [Theory]
    [InlineData("prefill", 2.0 * (6 * 18432 + 257 * 32), 4 * (18432 + 272 * 32))]
    [InlineData("decode", 2.0 * 4 * (18432 + 257 * 32), 4 * 4 * (18432 + 272 * 32))]
    [InlineData("scoring", 2.0 * (3 * 5 * 18432 + 3 * 257 * 32), 4 * (18432 + 272 * 32))]
    [InlineData("lora", 4.0 * (2 * 8 * 18432 + 2 * 257 * 32), 4 * 2 * (18432 + 272 * 32))]
    [InlineData("lora-all", 4.0 * (2 * 8 * (18432 + 257 * 32)), 4 * 2 * (18432 + 272 * 32))]
    [InlineData("full", 6.0 * (2 * 8 * 18432) + 4.0 * (2 * 257 * 32), 4 * (3 * 18432 + 2 * 272 * 32))]
    public void Amount_OfAWork_IsTwoFourOrSixOperationsAWeightAndToken(string name, double operations, double bytes)
    {
        using var model = new BenchModel(TinyModels.Language(), null);
        using var work = model.Create(name, BenchSessionTests.Small, 1);
        Assert.Equal(new WorkAmount(operations, 0, 0, bytes), work.Amount);
    }

    [Theory]
    [InlineData(4e9, 0, 0, 1e9, 2, "float32")]
    [InlineData(0, 4e9, 0, 0.5e9, 1, "bfloat16")]
    [InlineData(1e9, 0, 8e9, 1e9, 1.5, "int8")]
    [InlineData(1e9, 0, 0, 3e9, 3, "memory")]
    public void Least_IsTheLongerOfComputingAndReading(double float32, double brain, double bytes, double read, double seconds, string limit) =>
        Assert.Equal((seconds, limit), new WorkAmount(float32, brain, bytes, read).Least(Limits));

    [Theory]
    [InlineData(WeightFormat.Q4_1, Precision.Fast, NumberKind.Int8)]
    [InlineData(WeightFormat.BF16, Precision.Fast, NumberKind.BFloat16)]
    [InlineData(WeightFormat.F32, Precision.Fast, NumberKind.Float32)]
    [InlineData(WeightFormat.Q4_1, Precision.Exact, NumberKind.Float32)]
    public void Numbers_FollowFormatAndPrecision(WeightFormat format, Precision precision, NumberKind expected) =>
        Assert.Equal(expected, WorkAmount.Numbers(format, precision));
}

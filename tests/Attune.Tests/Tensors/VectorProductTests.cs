using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

public sealed class VectorProductTests
{
    [Theory]
    [InlineData(WeightFormat.F32), InlineData(WeightFormat.F16), InlineData(WeightFormat.BF16)]
    [InlineData(WeightFormat.Q8_0), InlineData(WeightFormat.Q4_0), InlineData(WeightFormat.Q4_1)]
    public void Linear_OneRow_HasTheBitsOfThatRowOfThirteenAndOfTheChain(WeightFormat format)
    {
        var random = new SeededRandom(51);
        foreach (var k in RandomWeights.IsQuantised(format) ? (int[])[32, 64, 576] : [1, 31, 32, 33, 64, 65, 576])
            foreach (var outputs in (int[])[1, 3, 15, 17, 33, 63, 65, 129, 201, 257])
            {
                var packed = RandomWeights.Packed(format, outputs, k, random);
                using var weight = WeightMatrix.Create(format, outputs, k, packed);
                var x = TestTensors.Normal(random, 13 * k);
                var batch = FastPrecisionCases.Linear(weight, x, Precision.Exact);
                FastPrecisionCases.AssertSameBits(Chains(format, packed, outputs, x.AsSpan(0, k)), batch[..outputs], $"{format} [{outputs}, {k}] chain");
                for (var row = 0; row < 13; row += 4)
                    FastPrecisionCases.AssertSameBits(
                        batch[(row * outputs)..((row + 1) * outputs)],
                        FastPrecisionCases.Linear(weight, x[(row * k)..((row + 1) * k)], Precision.Exact), $"{format} [{outputs}, {k}] row {row} alone");
            }
    }

    /// <summary>Each output as one chain of fused multiply-adds over ascending columns.</summary>
    private static float[] Chains(WeightFormat format, byte[] packed, int outputs, ReadOnlySpan<float> x)
    {
        var y = new float[outputs];
        for (var n = 0; n < outputs; n++)
        {
            var row = packed.AsSpan(packed.Length / outputs * n);
            for (var i = 0; i < x.Length; i++)
                y[n] = MathF.FusedMultiplyAdd(x[i], (float)RandomWeights.At(format, row, i).Value, y[n]);
        }
        return y;
    }
}

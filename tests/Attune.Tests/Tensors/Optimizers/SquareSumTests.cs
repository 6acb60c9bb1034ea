using Attune.Tensors;
using Attune.Tensors.Kernels;
using Attune.Tensors.Optimizers;

namespace Attune.Tests.Tensors;

public sealed unsafe class SquareSumTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(1003)]
    [InlineData(Chunks.Length + 45)]
    public void Of_AnyLength_IsThePlainLoopInTheSameOrder(int count)
    {
        var values = TestTensors.Normal(new SeededRandom(21), count);
        var expected = 0.0;
        for (var start = 0; start < count; start += Chunks.Length)
            expected += Part(values.AsSpan(start, Math.Min(Chunks.Length, count - start)));
        fixed (float* x = values)
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(SquareSum.Of(x, count)));
    }

    /// <summary>Sixteen sums side by side, added eight apart, then neighbours, then what is left over.</summary>
    private static double Part(ReadOnlySpan<float> values)
    {
        var sums = new double[16];
        var whole = values.Length / 16 * 16;
        for (var i = 0; i < whole; i++)
            sums[i % 16] += (double)values[i] * values[i];
        var eight = Enumerable.Range(0, 8).Select(i => sums[i] + sums[i + 8]).ToArray();
        var four = Enumerable.Range(0, 4).Select(i => eight[2 * i] + eight[2 * i + 1]).ToArray();
        var sum = (four[0] + four[1]) + (four[2] + four[3]);
        for (var i = whole; i < values.Length; i++)
            sum += (double)values[i] * values[i];
        return sum;
    }
}

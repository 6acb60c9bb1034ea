using Attune.Tensors;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

/// <summary>Tests that set the number of threads, which all share: none runs beside them.</summary>
[CollectionDefinition(nameof(FastPrecisionThreadTests), DisableParallelization = true)]
public sealed class FastPrecisionThreads;

[Collection(nameof(FastPrecisionThreadTests))]
public sealed class FastPrecisionThreadTests
{
    [Fact]
    public void Linear_OneTwoOrFiveThreadsOrARowAlone_GivesTheSameBits()
    {
        var before = ThreadTeam.Threads;
        var random = new SeededRandom(8);
        try
        {
            foreach (var format in FastPrecisionCases.Quantised)
            {
                using var weight = WeightMatrix.Create(format, 200, 320, FastPrecisionCases.Packed(format, 200, 320, random));
                CheckRowsAndThreads(weight, TestTensors.Normal(random, 45 * 320));
            }
            byte[] values = [.. TestTensors.Normal(random, 200 * 320).SelectMany(v => BitConverter.GetBytes((Half)v))];
            using var half = WeightMatrix.Create(WeightFormat.F16, 200, 320, values);
            CheckRowsAndThreads(half, TestTensors.Normal(random, 45 * 320));
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    private static void CheckRowsAndThreads(WeightMatrix weight, float[] x)
    {
        ThreadTeam.Threads = 1;
        var one = FastPrecisionCases.Linear(weight, x);
        foreach (var threads in (int[])[2, 5])
        {
            ThreadTeam.Threads = threads;
            FastPrecisionCases.AssertSameBits(one, FastPrecisionCases.Linear(weight, x), $"{weight.Format} on {threads} threads");
        }
        for (var row = 0; row < x.Length / weight.Columns; row += 7)
            FastPrecisionCases.AssertSameBits(
                one[(row * weight.Rows)..((row + 1) * weight.Rows)],
                FastPrecisionCases.Linear(weight, x[(row * weight.Columns)..((row + 1) * weight.Columns)]), $"{weight.Format} row {row} alone");
    }
}

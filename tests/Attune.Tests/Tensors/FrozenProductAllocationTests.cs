using Attune.Tensors;
using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Tests.Tensors;

public sealed class FrozenProductAllocationTests
{
    /// <summary>Warm products of one row and of several allocate nothing on the calling thread, in any format and precision.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Multiply_OnceWarm_AllocatesNothing(int rows)
    {
        var random = new SeededRandom(3);
        foreach (var format in Enum.GetValues<WeightFormat>())
            foreach (var precision in Enum.GetValues<Precision>())
            {
                using var weight = RandomWeights.Create(format, 48, 64, random);
                using var memory = new Arena();
                using var values = new Arena();
                var (x, y) = (values.Matrix(rows, 64), values.Matrix(rows, 48));
                TestTensors.Normal(random, rows * 64).CopyTo(x.Span);
                Run(100);
                var before = GC.GetAllocatedBytesForCurrentThread();
                Run(100);
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

                void Run(int times)
                {
                    for (var i = 0; i < times; i++)
                    {
                        FrozenProduct.Multiply(x, weight.Alone, [y], precision, memory);
                        memory.Reset();
                    }
                }
            }
    }
}

using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;
using BenchmarkDotNet.Attributes;

namespace Attune.Bench;

/// <summary>
/// The product of a feed-forward layer of SmolLM2, 512×576×1536, in float32 and Q4_1, against the machine's fused multiply-add peak in the same run:
/// divide the peak's time by the product's for the share, since all do the same 0.906 GFLOP.
/// </summary>
public class MatrixProductBenchmarks
{
    private const int M = 512, K = 576, N = 1536;

    private readonly Graph graph = new(recording: false);
    private WeightMatrix floats = null!, packed = null!;
    private Tensor x;

    [GlobalSetup]
    public void Setup()
    {
        var random = new SeededRandom(1);
        floats = WeightMatrix.Create(N, K, [.. Enumerable.Range(0, N * K).Select(_ => (float)random.NextNormal())]);
        packed = WeightMatrix.Create(WeightFormat.Q4_1, N, K, BenchTensors.Packed(WeightFormat.Q4_1, N, K, 1));
        x = BenchTensors.Normal(M, K, 2);
    }

    /// <summary>The same number of operations as fused multiply-adds on registers, on all threads.</summary>
    [Benchmark(Baseline = true)]
    public void Peak() => MachineLimits.MultiplyAdd((long)M * N * K);

    [Benchmark]
    public float Float32()
    {
        graph.Reset();
        return graph.Linear(x, floats).Span[0];
    }

    [Benchmark]
    public float Q4_1()
    {
        graph.Reset();
        return graph.Linear(x, packed).Span[0];
    }
}

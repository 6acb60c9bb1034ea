using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;
using BenchmarkDotNet.Attributes;

namespace Attune.Bench;

/// <summary>One row times a head of 49,152×576, as in decoding: so large that its bytes come from memory.</summary>
public class MatrixVectorBenchmarks
{
    private const int K = 576, N = 49152;

    private readonly Graph exact = new(recording: false), fast = new(recording: false) { Precision = Precision.Fast };
    private WeightMatrix weight = null!;
    private Tensor x;

    [Params(WeightFormat.F32, WeightFormat.BF16, WeightFormat.Q8_0, WeightFormat.Q4_1)]
    public WeightFormat Format { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        weight = Format == WeightFormat.F32 ? WeightMatrix.Create(N, K, new float[N * K]) : WeightMatrix.Create(Format, N, K, BenchTensors.Packed(Format, N, K, 1));
        x = BenchTensors.Normal(1, K, 2);
    }

    [Benchmark]
    public float Exact() => Run(exact);

    [Benchmark]
    public float Fast() => Run(fast);

    private float Run(Graph graph)
    {
        graph.Reset();
        return graph.Linear(x, weight).Span[0];
    }
}

using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;
using BenchmarkDotNet.Attributes;

namespace Attune.Bench;

/// <summary>The same product with activations as bytes, rounding included, for each quantised format; and with bfloat16 weights and activations.</summary>
public class IntegerProductBenchmarks
{
    private const int M = 512, K = 576, N = 1536;

    private readonly Graph graph = new(recording: false) { Precision = Precision.Fast };
    private WeightMatrix weight = null!;
    private Tensor x;

    [Params(WeightFormat.Q4_0, WeightFormat.Q4_1, WeightFormat.Q8_0, WeightFormat.BF16)]
    public WeightFormat Format { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        weight = WeightMatrix.Create(Format, N, K, BenchTensors.Packed(Format, N, K, 1));
        x = BenchTensors.Normal(M, K, 2);
    }

    [Benchmark]
    public float Product()
    {
        graph.Reset();
        return graph.Linear(x, weight).Span[0];
    }
}

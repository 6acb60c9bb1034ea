using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using BenchmarkDotNet.Attributes;

namespace Attune.Bench;

/// <summary>What is done to rows between products, for 512 rows of 576: norms, and rounding activations to bytes.</summary>
public unsafe class RowBenchmarks
{
    private const int M = 512, K = 576;

    private readonly Graph graph = new(recording: false);
    private Tensor x, weight, bias;
    private NativeBuffer bytes = null!;

    [GlobalSetup]
    public void Setup()
    {
        x = BenchTensors.Normal(M, K, 1);
        weight = BenchTensors.Normal(1, K, 2);
        bias = BenchTensors.Normal(1, K, 3);
        bytes = new NativeBuffer(M * Math.Max(ByteActivations.RowBytes(K), BrainPairs.RowBytes(K)));
    }

    [Benchmark]
    public float RmsNorm()
    {
        graph.Reset();
        return graph.RmsNorm(x, weight, 1e-5f).Span[0];
    }

    [Benchmark]
    public float LayerNorm()
    {
        graph.Reset();
        return graph.LayerNorm(x, weight, bias, 1e-5f).Span[0];
    }

    /// <summary>To bytes by blocks of 32, as Q4_1 weights want them.</summary>
    [Benchmark]
    public void RoundToBytes() => ByteActivations.Quantise(x.Data, M, K, zero: -1, IntegerTiers.Width(IntegerTiers.Best), bytes.Pointer);

    /// <summary>To pairs of bfloat16; needs AVX-512.</summary>
    [Benchmark]
    public void RoundToBrain() => BrainPairs.Pack(x.Data, M, K, K, 1, bytes.Pointer);
}

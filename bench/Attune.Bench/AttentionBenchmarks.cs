using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;
using BenchmarkDotNet.Attributes;

namespace Attune.Bench;

/// <summary>Attention of a layer of SmolLM2 (9 heads of 64 over 3 of keys): a prompt, rows behind a prefix that they share, and a training step's backward pass.</summary>
public unsafe class AttentionBenchmarks
{
    private const int Prompt = 512, Rows = 16, RowTokens = 32, PrefixPages = 33, TrainRows = 8, TrainTokens = 128;

    private static readonly AttentionShape Shape = new(9, 3, 64, 0.125f, Causal: true);

    private readonly Graph inference = new(recording: false), training = new(recording: true);
    private readonly AttentionRange[] one = [new(0, Prompt)];
    private readonly AttentionRange[] rows = [.. Enumerable.Range(0, TrainRows).Select(i => new AttentionRange(i * TrainTokens, TrainTokens))];
    private readonly AttentionSegment[] shared = new AttentionSegment[Rows];
    private Tensor q, k, v;
    private NativeBuffer pages = null!, pointers = null!;

    [GlobalSetup]
    public void Setup()
    {
        q = BenchTensors.Normal(TrainRows * TrainTokens, Shape.QueryColumns, 1);
        k = BenchTensors.Normal(TrainRows * TrainTokens, Shape.KeyColumns, 2);
        v = BenchTensors.Normal(TrainRows * TrainTokens, Shape.KeyColumns, 3);
        const int own = RowTokens / 16;
        pages = new NativeBuffer((long)(PrefixPages + Rows * own) * Shape.PageFloats * sizeof(float), clear: true);
        pointers = new NativeBuffer((long)Rows * (PrefixPages + own) * sizeof(float*));
        for (var row = 0; row < Rows; row++)
        {
            var of = (float**)pointers.Pointer + row * (PrefixPages + own);
            for (var page = 0; page < PrefixPages + own; page++)
                of[page] = pages.Floats + (long)(page < PrefixPages ? page : page + row * own) * Shape.PageFloats;
            shared[row] = new AttentionSegment { QueryStart = row * RowTokens, QueryCount = RowTokens, Past = PrefixPages * 16, Pages = of };
        }
    }

    /// <summary>512 tokens of one prompt.</summary>
    [Benchmark]
    public float Prefill()
    {
        inference.Reset();
        return inference.Attention(q.Slice(0, Prompt), k.Slice(0, Prompt), v.Slice(0, Prompt), Shape, one).Span[0];
    }

    /// <summary>16 rows of 32 tokens behind 528 that they share.</summary>
    [Benchmark]
    public float SharedPrefix()
    {
        inference.Reset();
        return inference.CachedAttention(q.Slice(0, Prompt), k.Slice(0, Prompt), v.Slice(0, Prompt), Shape, shared).Span[0];
    }

    /// <summary>8 rows of 128 tokens, forward with what backward needs.</summary>
    [Benchmark]
    public float TrainingForward()
    {
        training.Reset();
        return Forward().Span[0];
    }

    /// <summary>The same, forward and backward: subtract the one from the other.</summary>
    [Benchmark]
    public void TrainingForwardAndBackward()
    {
        training.Reset();
        training.Backward(Forward());
    }

    private Tensor Forward() => training.Attention(training.Track(q), training.Track(k), training.Track(v), Shape, rows);
}

using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>A random ragged batch with a cache of its own: pages in a shuffled order, poisoned with NaN before use.</summary>
internal sealed unsafe class AttentionBatch : IDisposable
{
    private readonly List<NativeBuffer> buffers = [];
    private readonly NativeBuffer pages;
    private readonly int pagesOfOne;

    public AttentionBatch(AttentionShape shape, int[] lengths, ulong seed)
    {
        Shape = shape;
        Lengths = lengths;
        Rows = lengths.Sum();
        var random = new SeededRandom(seed);
        Q = Normal(random, Rows * shape.QueryColumns);
        K = Normal(random, Rows * shape.KeyColumns);
        V = Normal(random, Rows * shape.KeyColumns);
        pagesOfOne = AttentionTile.Pages(lengths.Max()) + 1;
        pages = Buffer((long)lengths.Length * pagesOfOne * sizeof(long));
        Poison();
    }

    public AttentionShape Shape { get; }
    public int[] Lengths { get; }
    public int Rows { get; }
    public float[] Q { get; }
    public float[] K { get; }
    public float[] V { get; }

    public int Start(int sequence) => Lengths.Take(sequence).Sum();

    public AttentionRange[] Ranges => Lengths.Select((n, i) => new AttentionRange(Start(i), n)).ToArray();

    /// <summary>Forgets the cache: fresh pages, all NaN.</summary>
    public void Poison()
    {
        var pointers = (float**)pages.Pointer;
        var count = Lengths.Length * pagesOfOne;
        var memory = Buffer((long)count * Shape.PageFloats * sizeof(float));
        memory.FloatSpan.Fill(float.NaN);
        for (var i = 0; i < count; i++)
            pointers[i] = memory.Floats + (long)((i * 11 + 3) % count) * Shape.PageFloats;
        Assert.True(count % 11 != 0, "11 must not divide the number of pages, or pages coincide");
    }

    public AttentionSegment Segment(int sequence, int past, int count, int queryStart) =>
        new() { QueryStart = queryStart, QueryCount = count, Past = past, Pages = (float**)pages.Pointer + sequence * pagesOfOne };

    /// <summary>Rows [past, past + count) of the given sequences, through the cache, as one batch.</summary>
    public float[] Cached(params (int Sequence, int Past, int Count)[] parts) => Cached(_ => default, parts);

    /// <summary>The same with a bias.</summary>
    public float[] Cached(Func<Graph, AttentionBias> bias, params (int Sequence, int Past, int Count)[] parts)
    {
        var (q, k, v) = (new List<float>(), new List<float>(), new List<float>());
        var segments = new List<AttentionSegment>();
        foreach (var (sequence, past, count) in parts)
        {
            segments.Add(Segment(sequence, past, count, q.Count / Shape.QueryColumns));
            var row = Start(sequence) + past;
            q.AddRange(Q.AsSpan(row * Shape.QueryColumns, count * Shape.QueryColumns));
            k.AddRange(K.AsSpan(row * Shape.KeyColumns, count * Shape.KeyColumns));
            v.AddRange(V.AsSpan(row * Shape.KeyColumns, count * Shape.KeyColumns));
        }
        using var graph = new Graph(recording: false);
        var y = graph.CachedAttention(Put(graph, q.ToArray(), Shape.QueryColumns), Put(graph, k.ToArray(), Shape.KeyColumns), Put(graph, v.ToArray(), Shape.KeyColumns), Shape, segments.ToArray(), bias(graph));
        return y.Span.ToArray();
    }

    /// <summary>Every row of every sequence at once.</summary>
    public float[] All() => Cached(Lengths.Select((n, i) => (i, 0, n)).ToArray());

    /// <summary>The rows [from, from + count) of a sequence, out of an output of all rows.</summary>
    public float[] Part(float[] all, int sequence, int from, int count) =>
        all.AsSpan((Start(sequence) + from) * Shape.QueryColumns, count * Shape.QueryColumns).ToArray();

    public static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));

    /// <summary>|Δ| ≤ tolerance · (1 + |expected|) everywhere.</summary>
    public static void AssertClose(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])), $"element {i}: {actual[i]} instead of {expected[i]}");
    }

    public static Tensor Put(Graph graph, float[] values, int columns)
    {
        var t = graph.Persistent.Matrix(values.Length / columns, columns);
        values.CopyTo(t.Span);
        return t;
    }

    public static float[] Normal(SeededRandom random, int count) =>
        Enumerable.Range(0, count).Select(_ => (float)random.NextNormal()).ToArray();

    public void Dispose() => buffers.ForEach(b => b.Dispose());

    private NativeBuffer Buffer(long bytes)
    {
        buffers.Add(new NativeBuffer(bytes));
        return buffers[^1];
    }
}

using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>An operation that can be run on inputs of any size [m, n]: for gradient checks small, for comparisons of bits large.</summary>
internal sealed record OperationCase(string Name, Func<int, int, (int Rows, int Columns)[]> Shapes, Func<Graph, Tensor[], Tensor> Apply)
{
    private static readonly Func<int, int, (int, int)[]> One = (m, n) => [(m, n)];
    private static readonly Func<int, int, (int, int)[]> Two = (m, n) => [(m, n), (m, n)];
    private static readonly Func<int, int, (int, int)[]> WithRow = (m, n) => [(m, n), (1, n)];

    public static readonly OperationCase[] All =
    [
        new("Add", Two, (g, x) => g.Add(x[0], x[1])),
        new("Subtract", Two, (g, x) => g.Subtract(x[0], x[1])),
        new("Multiply", Two, (g, x) => g.Multiply(x[0], x[1])),
        new("Multiply by itself", One, (g, x) => g.Multiply(x[0], x[0])),
        new("Scale", One, (g, x) => g.Scale(x[0], -1.7f)),
        new("AddBias", WithRow, (g, x) => g.AddBias(x[0], x[1])),
        new("MultiplyRow", WithRow, (g, x) => g.MultiplyRow(x[0], x[1])),
        new("Product", (m, n) => [(m, n), (m + 2, n)], (g, x) => g.Product(x[0], x[1])),
        new("Silu", One, (g, x) => g.Silu(x[0])),
        new("Gelu", One, (g, x) => g.Gelu(x[0])),
        new("Gelu by tanh", One, (g, x) => g.Gelu(x[0], tanh: true)),
        new("QuickGelu", One, (g, x) => g.QuickGelu(x[0])),
        new("Tanh", One, (g, x) => g.Tanh(x[0])),
        new("Sigmoid", One, (g, x) => g.Sigmoid(x[0])),
        new("SwiGlu", Two, (g, x) => g.SwiGlu(x[0], x[1])),
        new("RmsNorm", WithRow, (g, x) => g.RmsNorm(x[0], x[1], 1e-5f)),
        new("RmsNorm with offset", WithRow, (g, x) => g.RmsNorm(x[0], x[1], 1e-5f, 1)),
        new("LayerNorm", (m, n) => [(m, n), (1, n), (1, n)], (g, x) => g.LayerNorm(x[0], x[1], x[2], 1e-5f)),
        new("LayerNorm without weights", One, (g, x) => g.LayerNorm(x[0], default, default, 1e-5f)),
        new("Softmax", One, (g, x) => g.Softmax(x[0])),
        new("LogSoftmax", One, (g, x) => g.LogSoftmax(x[0])),
        new("LogSumExp", One, (g, x) => g.LogSumExp(x[0])),
        new("CrossEntropy", One, (g, x) => g.CrossEntropy(x[0], Labels(x[0]), 0.1f)),
        new("CrossEntropy by rows with class weights", One, (g, x) => g.CrossEntropy(x[0], Labels(x[0]), new CrossEntropyOptions { Reduction = Reduction.None, LabelSmoothing = 0.2f }, ClassWeights(x[0].Columns))),
        new("CrossEntropy with row weights", One, (g, x) => g.CrossEntropy(x[0], Labels(x[0]), ClassWeights(x[0].Rows))),
        new("GatherRows", One, (g, x) => g.GatherRows(x[0], Indices(x[0]))),
        new("Embedding", One, (g, x) => g.Embedding(x[0], Indices(x[0]))),
        new("ConcatRows", (m, n) => [(m, n), (m + 1, n)], (g, x) => g.ConcatRows(x[0], x[1], x[0])),
        new("Rope", (m, n) => [(m, 16 * n)], (g, x) => g.Rope(x[0], new RopeTable(new RopeSettings { Base = 100, RotaryDims = 12 }), Positions(x[0]), x[0].Columns / 16, 16)),
        new("Rope interleaved", (m, n) => [(m, 16 * n)], (g, x) => g.Rope(x[0], new RopeTable(new RopeSettings { Base = 100, RotaryDims = 16, Interleaved = true }), Positions(x[0]), x[0].Columns / 16, 16)),
        new("Dropout", One, (g, x) => g.Dropout(x[0], 0.3f, new SeededRandom(5))),
        new("MeanPool", One, (g, x) => g.MeanPool(x[0], [x[0].Rows / 3, 0, x[0].Rows - x[0].Rows / 3])),
        new("L2Normalise", One, (g, x) => g.L2Normalise(x[0])),
        new("CosineSimilarity", Two, (g, x) => g.CosineSimilarity(x[0], x[1])),
        new("MeanSquaredError", Two, (g, x) => g.MeanSquaredError(x[0], x[1])),
        new("Sum", One, (g, x) => g.Sum(x[0])),
        new("Mean", One, (g, x) => g.Mean(x[0])),
    ];

    /// <summary>Runs the case on normal inputs: the output and each input's gradient under a normal upstream gradient.</summary>
    public float[][] Run(int m, int n, ulong seed)
    {
        var inputs = Inputs(m, n, seed);
        using var graph = new Graph(recording: true);
        var parameters = inputs.Select(x => TestTensors.Parameter(x.Values, x.Rows, x.Columns)).ToArray();
        var y = Apply(graph, parameters.Select(graph.Use).ToArray());
        Upstream((int)y.Count, seed).CopyTo(graph.Gradient(y).Span);
        graph.RunBackward();
        var results = parameters.Select(p => p.Gradient.Span.ToArray()).Prepend(y.Span.ToArray()).ToArray();
        foreach (var p in parameters)
            p.Dispose();
        return results;
    }

    public GoldenTensor[] Inputs(int m, int n, ulong seed)
    {
        var random = new SeededRandom(seed).Fork("inputs");
        return Shapes(m, n).Select(s => new GoldenTensor([s.Rows, s.Columns], TestTensors.Normal(random, s.Rows * s.Columns))).ToArray();
    }

    public static float[] Upstream(int count, ulong seed) => TestTensors.Normal(new SeededRandom(seed).Fork("upstream"), count);

    private static int[] Labels(Tensor x) => Enumerable.Range(0, x.Rows).Select(r => r % 4 == 1 ? CrossEntropyOperation.Ignore : r * 7 % x.Columns).ToArray();

    private static int[] Indices(Tensor x) => Enumerable.Range(0, 2 * x.Rows).Select(i => i * i % x.Rows).ToArray();

    private static int[] Positions(Tensor x) => Enumerable.Range(0, x.Rows).Select(r => 3 * r).ToArray();

    private static float[] ClassWeights(int count) => Enumerable.Range(0, count).Select(i => 0.5f + i % 3).ToArray();
}

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

    private static readonly Func<int, int, (int, int)[]> WithColumn = (m, n) => [(m, n), (m, 1)];

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
        new("Add a row", WithRow, (g, x) => g.Add(x[0], x[1])),
        new("Add to a row", WithRow, (g, x) => g.Add(x[1], x[0])),
        new("Subtract a column", WithColumn, (g, x) => g.Subtract(x[0], x[1])),
        new("Subtract from a row", WithRow, (g, x) => g.Subtract(x[1], x[0])),
        new("Multiply with a column", WithColumn, (g, x) => g.Multiply(x[0], x[1])),
        new("Multiply column with row", (m, n) => [(m, 1), (1, n)], (g, x) => g.Multiply(x[0], x[1])),
        new("Multiply with one number", (m, n) => [(1, 1), (m, n)], (g, x) => g.Multiply(x[0], x[1])),
        new("Divide", Two, (g, x) => g.Divide(x[0], Positive(g, x[1]))),
        new("Divide by a column", WithColumn, (g, x) => g.Divide(x[0], Positive(g, x[1]))),
        new("Maximum", Two, (g, x) => g.Maximum(x[0], x[1])),
        new("Minimum with a row", WithRow, (g, x) => g.Minimum(x[0], x[1])),
        new("Power of two", Two, (g, x) => g.Power(Positive(g, x[0]), x[1])),
        new("Power", One, (g, x) => g.Power(Positive(g, x[0]), 1.5f)),
        new("SquaredRelu", One, (g, x) => g.SquaredRelu(x[0])),
        new("LeakyRelu", One, (g, x) => g.LeakyRelu(x[0], 0.9f)),
        new("Elu", One, (g, x) => g.Elu(x[0])),
        new("Softplus", One, (g, x) => g.Softplus(x[0])),
        new("Softplus with beta", One, (g, x) => g.Softplus(x[0], 2, 1e3f)),
        new("Mish", One, (g, x) => g.Mish(x[0])),
        new("LogSigmoid", One, (g, x) => g.LogSigmoid(x[0])),
        new("HardSwish", One, (g, x) => g.HardSwish(x[0])),
        new("Softsign", One, (g, x) => g.Softsign(x[0])),
        new("SoftCap", One, (g, x) => g.SoftCap(x[0], 1.5f)),
        new("Exp", One, (g, x) => g.Exp(x[0])),
        new("Expm1", One, (g, x) => g.Expm1(x[0])),
        new("Log", One, (g, x) => g.Log(Positive(g, x[0]))),
        new("Log1p", One, (g, x) => g.Log1p(Positive(g, x[0]))),
        new("Sqrt", One, (g, x) => g.Sqrt(Positive(g, x[0]))),
        new("ReciprocalSqrt", One, (g, x) => g.ReciprocalSqrt(Positive(g, x[0]))),
        new("Reciprocal", One, (g, x) => g.Reciprocal(Positive(g, x[0]))),
        new("Square", One, (g, x) => g.Square(x[0])),
        new("Abs", One, (g, x) => g.Abs(x[0])),
        new("Clamp", One, (g, x) => g.Clamp(x[0], -0.8f, 1.1f)),
        new("AddScalar", One, (g, x) => g.AddScalar(x[0], 2.5f)),
        new("Sin", One, (g, x) => g.Sin(x[0])),
        new("Cos", One, (g, x) => g.Cos(x[0])),
        new("Erf", One, (g, x) => g.Erf(x[0])),
        new("Transpose", One, (g, x) => g.Transpose(x[0])),
        new("Transpose twice used", One, (g, x) => g.Multiply(g.Transpose(x[0]), g.Transpose(x[0]))),
        new("GatherColumns", One, (g, x) => g.GatherColumns(x[0], [new(1, 2), new(0, 1), new(1, x[0].Columns - 1)])),
        new("ConcatColumns", (m, n) => [(m, n), (m, 2)], (g, x) => g.ConcatColumns(x[0], x[1], x[0])),
        new("GatherElements", One, (g, x) => g.GatherElements(x[0], [.. Enumerable.Range(0, 3 * x[0].Columns).Select(i => i % 5 == 4 ? -1 : i * 3 % (int)x[0].Count)], 3, x[0].Columns, 0.5f)),
        new("GatherByRow", One, (g, x) => g.GatherByRow(x[0], [.. Enumerable.Range(0, 2 * x[0].Rows).Select(i => i * 5 % x[0].Columns)])),
        new("WeightedRows", (m, n) => [(m, n), (m + 2, 3)], (g, x) => g.WeightedRows(x[0], [.. Enumerable.Range(0, 3 * x[0].Rows + 6).Select(i => i % 7 == 3 ? -1 : i * 5 % x[0].Rows)], x[1])),
        new("BatchedProduct", (m, n) => [(3 * m, n), (3 * n, 4)], (g, x) => g.BatchedProduct(x[0], x[1], 3)),
        new("BatchedProduct transposed", (m, n) => [(3 * m, n), (12, n)], (g, x) => g.BatchedProduct(x[0], x[1], 3, transposed: true)),
        new("RowSum", One, (g, x) => g.RowSum(x[0])),
        new("RowMean", One, (g, x) => g.RowMean(x[0])),
        new("RowDot", Two, (g, x) => g.RowDot(x[0], x[1])),
        new("RowDot with itself", One, (g, x) => g.RowDot(x[0], x[0])),
        new("RowMax", One, (g, x) => g.RowMax(x[0])),
        new("RowMin", One, (g, x) => g.RowMin(x[0])),
        new("RowProduct", (m, n) => [(m, Math.Min(n, 20))], (g, x) => g.RowProduct(x[0])),
        new("RowVariance", One, (g, x) => g.RowVariance(x[0])),
        new("RowDeviation", One, (g, x) => g.RowDeviation(x[0], 0)),
        new("RowNorm of order 1", One, (g, x) => g.RowNorm(x[0], 1)),
        new("RowNorm of order 2", One, (g, x) => g.RowNorm(x[0])),
        new("RowNorm of order 3.5", One, (g, x) => g.RowNorm(x[0], 3.5)),
        new("RowNorm of order infinity", One, (g, x) => g.RowNorm(x[0], double.PositiveInfinity)),
        new("CumulativeSum", One, (g, x) => g.CumulativeSum(x[0])),
        new("CumulativeProduct", (m, n) => [(m, Math.Min(n, 20))], (g, x) => g.CumulativeProduct(x[0])),
        new("Sort", One, (g, x) => g.Sort(x[0], descending: true, out _)),
        new("TopK", One, (g, x) => g.TopK(x[0], 2, out _)),
        new("MaxPool", One, (g, x) => g.MaxPool(x[0], [x[0].Rows / 3, x[0].Rows - x[0].Rows / 3])),
        new("CausalConvolution", (m, n) => [(m, n), (n, 3), (1, n)], (g, x) => g.CausalConvolution(x[0], x[1], x[2], [1, 0, x[0].Rows - 1])),
        new("Unfold", (m, n) => [(2 * m, n)], (g, x) => g.Unfold(x[0], Window.Over(x[0].Rows / 2, 2, 1, 1), 0.5f)),
        new("Fold", (m, n) => [(2 * m + 2, 2 * n)], (g, x) => g.Fold(x[0], Window.Over(x[0].Rows / 2 - 1, 2, 1, 1))),
        new("Convolution", (m, n) => [(2 * m, n), (3, 3 * n), (1, 3)], (g, x) => g.Convolution(x[0], x[1], x[2], Window.Over(x[0].Rows / 2, 3, 2, 2))),
        new("Convolution by channels", (m, n) => [(2 * m, n), (n, 2)], (g, x) => g.Convolution(x[0], x[1], default, Window.Over(x[0].Rows / 2, 2, 1, 1), x[0].Columns)),
        new("Convolution in groups", (m, n) => [(m, 3 * n), (6, 2 * n)], (g, x) => g.Convolution(x[0], x[1], default, Window.Over(x[0].Rows, 2, 1, 1), 3)),
        new("TransposedConvolution", (m, n) => [(m, 2 * n), (2 * n, 6), (1, 4)], (g, x) => g.TransposedConvolution(x[0], x[1], x[2], Window.Over(x[0].Rows + 2, 3), 2)),
        new("GroupNorm", (m, n) => [(6 * m, n), (1, 6), (1, 6)], (g, x) => g.GroupNorm(x[0], x[1], x[2], 3)),
        new("Rearrange", One, (g, x) => g.Rearrange(x[0], ElementMap.Of(x[0].Rows, x[0].Columns).Pad(1, 1, 0).Flip(0).Permute(1, 0), 0.5f)),
        new("Select", WithColumn, (g, x) => g.Select([.. Enumerable.Range(0, (int)x[0].Count).Select(i => i % 3 == 0)], x[0], x[1])),
        new("ScatterAdd", (m, n) => [(m, n), (3, 2)], (g, x) => g.ScatterAdd(x[0], x[1], [0, 3, 0, 1, 2, 3])),
        new("Einsum", (m, n) => [(2 * m, n), (2 * n, 3)], (g, x) => g.Einsum("bij,bjk->ki", x[0], [2, x[0].Rows / 2, x[0].Columns], x[1], [2, x[0].Columns, 3])),
        new("Divergence", Two, (g, x) => g.Divergence(x[0], x[1])),
        new("Huber", Two, (g, x) => g.Huber(x[0], x[1], 0.9f)),
        new("Triplet", (m, n) => [(m, n), (m, n), (m, n)], (g, x) => g.Triplet(x[0], x[1], x[2])),
        new("SelectiveScan", (m, n) => [(m, n), (m, n), (n, 3), (m, 3), (m, 3), (1, n)], (g, x) => g.SelectiveScan(x[0], g.Softplus(x[1]), g.Scale(g.Exp(x[2]), -1), x[3], x[4], x[5], [2, x[0].Rows - 2])),
        new("GatedLinearAttention", (m, n) => [(m, 6), (m, 6), (m, 4), (m, 6)], (g, x) => g.GatedLinearAttention(x[0], x[1], x[2], g.Sigmoid(x[3]), 2, [2, x[0].Rows - 2])),
        new("AveragePool2d", (m, n) => [(4 * m, n)], (g, x) => g.AveragePool2d(x[0], new Window(4, x[0].Rows / 4, 3, 2) { PaddingHeight = 1, StrideHeight = 2 })),
        new("MaxPool2d", (m, n) => [(4 * m, n)], (g, x) => g.MaxPool2d(x[0], new Window(4, x[0].Rows / 4, 2, 1) { StrideHeight = 2 })),
        new("Interpolate", (m, n) => [(4 * m, n)], (g, x) => g.Interpolate(x[0], 4, x[0].Rows / 4, 3, 5, Resampling.Cubic)),
        new("Solve", (m, n) => [(4, 4), (4, n)], (g, x) => g.Solve(g.Add(g.Scale(x[0], 0.2f), Ones(g)), x[1])),
        new("MatrixExponential", (m, n) => [(4, 4)], (g, x) => g.MatrixExponential(g.Scale(x[0], 0.3f))),
        new("RealFourier", One, (g, x) => g.RealFourier(x[0])),
        new("BatchNorm", (m, n) => [(m, n), (1, n), (1, n)], (g, x) => g.BatchNorm(x[0], x[1], x[2])),
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

    /// <summary>x² + ½: away from where functions end.</summary>
    private static Tensor Positive(Graph g, Tensor x) => g.AddScalar(g.Multiply(x, x), 0.5f);

    /// <summary>The unit matrix of 4 rows.</summary>
    private static Tensor Ones(Graph g) => TestTensors.Constant(g, [.. Enumerable.Range(0, 16).Select(i => i % 5 == 0 ? 1f : 0)], 4, 4);

    private static int[] Labels(Tensor x) => Enumerable.Range(0, x.Rows).Select(r => r % 4 == 1 ? CrossEntropyOperation.Ignore : r * 7 % x.Columns).ToArray();

    private static int[] Indices(Tensor x) => Enumerable.Range(0, 2 * x.Rows).Select(i => i * i % x.Rows).ToArray();

    private static int[] Positions(Tensor x) => Enumerable.Range(0, x.Rows).Select(r => 3 * r).ToArray();

    private static float[] ClassWeights(int count) => Enumerable.Range(0, count).Select(i => 0.5f + i % 3).ToArray();
}

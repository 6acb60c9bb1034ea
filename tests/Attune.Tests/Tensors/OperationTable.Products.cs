using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Tensors;

/// <summary>Products, losses and matrix functions.</summary>
internal static partial class OperationTable
{
    private static Dictionary<string, TestedOperation> Products() => new()
    {
        ["matmul"] = new(MatMul) { Products = c => Math.Max(1, c.Flag("transpose_a") ? c["x0"].Shape[^2] : c["x0"].Shape[^1]) },
        ["linear"] = new((g, x, _) => x.Length > 2 ? g.AddBias(g.Product(x[0], x[1]), x[2]) : g.Product(x[0], x[1])) { Products = c => c.Inputs[0].Columns },
        ["outer"] = new((g, x, _) => g.Product(x[0].Reshape((int)x[0].Count, 1), x[1].Reshape((int)x[1].Count, 1))) { Products = _ => 1 },
        ["einsum"] = new((g, x, c) => g.Einsum(c.Text("equation", ""), x[0], c["x0"].Shape, x[1], c["x1"].Shape)) { Products = c => c.Inputs.Max(x => x.Values.Length) },
        ["kron"] = new(Kronecker),
    };

    private static Dictionary<string, TestedOperation> Losses() => new()
    {
        ["cross_entropy"] = new(CrossEntropy),
        ["kl_div"] = new((g, x, c) => c.Text("reduction", "batchmean") switch
        {
            "batchmean" => g.Divergence(x[0], x[1]),
            "sum" => g.Divergence(x[0], x[1], Reduction.Sum),
            "mean" => g.Mean(g.DivergenceTerms(x[0], x[1])),
            _ => g.DivergenceTerms(x[0], x[1]),
        }),
        ["bce_with_logits"] = new((g, x, c) => g.BinaryCrossEntropy(x[0], TestTensors.Constant(g, c["w.target"]),
            c.Tensors.TryGetValue("w.w", out var weights) ? TestTensors.Constant(g, weights) : default, c["y64"].Values.Length > 1 ? Reduction.None : Reduced(c))),
        ["mse"] = new((g, x, c) => g.MeanSquaredError(x[0], x[1], Reduced(c))),
        ["l1"] = new((g, x, c) => g.MeanAbsoluteError(x[0], x[1], Reduced(c))),
        ["huber"] = new((g, x, c) => g.Huber(x[0], x[1], (float)c.Number("delta", 1))),
        ["smooth_l1"] = new((g, x, c) => g.SmoothL1(x[0], x[1], (float)c.Number("beta", 1))),
        ["triplet"] = new((g, x, c) => g.Triplet(x[0], x[1], x[2], (float)c.Number("margin", 1), (float)c.Number("eps", 1e-6))),
        ["hinge"] = new((g, x, c) => g.Hinge(x[0], TestTensors.Constant(g, c["w.target"]))),
        ["dpo"] = new((g, x, c) => g.DirectPreference(x[0], x[1], x[2], x[3], (float)c.Number("beta", 0.1))),
        ["info_nce"] = new((g, x, c) => g.InfoNce(x[0], x[1], (float)c.Number("temperature", 1))),
    };

    private static Reduction Reduced(OperationGolden c) => Enum.Parse<Reduction>(c.Text("reduction", "mean"), ignoreCase: true);

    private static Tensor CrossEntropy(Graph g, Tensor[] x, OperationGolden c)
    {
        var labels = c["w.labels"];
        if (labels.Shape.Length == 2)
            return g.Scale(g.Sum(g.Multiply(g.LogSoftmax(x[0]), TestTensors.Constant(g, labels))), -1f / labels.Rows);
        var options = new CrossEntropyOptions
        {
            IgnoreIndex = (int)c.Number("ignore_index", -100), LabelSmoothing = (float)c.Number("label_smoothing", 0), Reduction = Reduced(c),
        };
        return g.CrossEntropy(x[0], labels.Integers, options, c.Tensors.TryGetValue("w.weight", out var w) ? w.Values : default);
    }

    /// <summary>torch's matmul: vectors as a row or a column, and axes before the last two repeated where they are 1 or missing.</summary>
    private static Tensor MatMul(Graph g, Tensor[] x, OperationGolden c)
    {
        int[] a = c["x0"].Shape, b = c["x1"].Shape;
        if (a.Length == 2 && b.Length == 2)
            return g.Product(c.Flag("transpose_a") ? g.Transpose(x[0]) : x[0], c.Flag("transpose_b") ? x[1] : g.Transpose(x[1]));
        if (a.Length == 1)
            a = [1, a[0]];
        if (b.Length == 1)
            b = [b[0], 1];
        var axes = Math.Max(a.Length, b.Length) - 2;
        int Length(int[] shape, int axis) => axis - axes + shape.Length - 2 is >= 0 and var own ? shape[own] : 1;
        int[] batch = [.. Enumerable.Range(0, axes).Select(i => Math.Max(Length(a, i), Length(b, i)))];
        var batches = batch.Aggregate(1, (n, m) => n * m);
        var left = Expanded(g, x[0], a, [.. batch, a[^2], a[^1]]).Reshape(batches * a[^2], a[^1]);
        var right = Expanded(g, x[1], b, [.. batch, b[^2], b[^1]]).Reshape(batches * b[^2], b[^1]);
        return g.BatchedProduct(left, right, batches);
    }

    private static Tensor Kronecker(Graph g, Tensor[] x, OperationGolden c)
    {
        var products = g.Product(x[0].Reshape((int)x[0].Count, 1), x[1].Reshape((int)x[1].Count, 1));
        var map = ElementMap.Of(x[0].Rows, x[0].Columns, x[1].Rows, x[1].Columns).Permute(0, 2, 1, 3);
        return g.Rearrange(products, map.Reshape(x[0].Rows * x[1].Rows, x[0].Columns * x[1].Columns));
    }
}

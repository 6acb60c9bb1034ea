using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>How the engine computes an operation of the goldens: on inputs as matrices [everything else, last axis].</summary>
/// <param name="Apply">the output, whose elements stand in the golden's order</param>
internal sealed record TestedOperation(Func<Graph, Tensor[], OperationGolden, Tensor> Apply)
{
    /// <summary>Puts axes in order first; identity by default.</summary>
    public Func<OperationGolden, OperationGolden> Arrange { get; init; } = c => c;

    /// <summary>Why a case cannot be computed here; null if it can.</summary>
    public Func<OperationGolden, string?> Skip { get; init; } = _ => null;

    /// <summary>k where the result is a sum of k products; 0: element-wise, softmax or norm.</summary>
    public Func<OperationGolden, int> Products { get; init; } = _ => 0;
}

/// <summary>Operation name of fixtures/operations → function of the engine.</summary>
internal static class OperationTable
{
    public static readonly Dictionary<string, TestedOperation> Offered = new()
    {
        ["gelu_erf"] = new((g, x, _) => g.Gelu(x[0])),
        ["gelu_tanh"] = new((g, x, _) => g.Gelu(x[0], tanh: true)),
        ["quick_gelu"] = new((g, x, _) => g.QuickGelu(x[0])),
        ["silu"] = new((g, x, _) => g.Silu(x[0])),
        ["relu"] = new((g, x, _) => g.Relu(x[0])),
        ["relu_squared"] = new((g, x, _) => g.Relu(x[0]) is var r ? g.Multiply(r, r) : r),
        ["sigmoid"] = new((g, x, _) => g.Sigmoid(x[0])),
        ["tanh"] = new((g, x, _) => g.Tanh(x[0])),
        ["softcap_30"] = new((g, x, _) => g.Scale(g.Tanh(g.Scale(x[0], 1 / 30f)), 30)),
        ["square"] = new((g, x, _) => g.Multiply(x[0], x[0])),
        ["neg"] = new((g, x, _) => g.Scale(x[0], -1)),
        ["swiglu"] = new((g, x, _) => g.SwiGlu(x[0], x[1])),
        ["geglu"] = new((g, x, _) => g.Multiply(g.Gelu(x[0], tanh: true), x[1])),
        ["add"] = new((g, x, c) => c.Case == "row" ? g.AddBias(x[0], x[1]) : g.Add(x[0], x[1])) { Skip = OnlySameOrRow },
        ["sub"] = new((g, x, c) => g.Subtract(x[0], x[1])) { Skip = c => c.Case == "row" ? Broadcast : OnlySameOrRow(c) },
        ["mul"] = new((g, x, c) => c.Case == "row" ? g.MultiplyRow(x[0], x[1]) : g.Multiply(x[0], x[1])) { Skip = OnlySameOrRow },
        ["matmul"] = new((g, x, _) => g.Product(x[0], x[1])) { Arrange = SecondTransposed, Skip = OnlyMatrices, Products = c => c.Inputs[0].Columns },
        ["linear"] = new((g, x, _) => x.Length > 2 ? g.AddBias(g.Product(x[0], x[1]), x[2]) : g.Product(x[0], x[1])) { Products = c => c.Inputs[0].Columns },
        ["outer"] = new((g, x, _) => g.Product(x[0], x[1])) { Arrange = AsColumns, Products = _ => 1 },
        ["softmax"] = new((g, x, _) => g.Softmax(x[0])) { Arrange = AxisLast },
        ["log_softmax"] = new((g, x, _) => g.LogSoftmax(x[0])) { Arrange = AxisLast },
        ["logsumexp"] = new((g, x, _) => g.LogSumExp(x[0])) { Arrange = AxisLast },
        ["layer_norm"] = new((g, x, c) => g.LayerNorm(x[0], x.Length > 1 ? x[1] : default, x.Length > 2 ? x[2] : default, (float)c.Number("eps", 1e-5))) { Arrange = LastAxesJoined },
        ["rms_norm"] = new((g, x, c) => g.RmsNorm(x[0], x[1], (float)c.Number("eps", 1e-5), c.Text("note", "") == "weight is 1 + w" ? 1 : 0)),
        ["cross_entropy"] = new(CrossEntropy),
        ["mse"] = new((g, x, c) => g.MeanSquaredError(x[0], x[1], c.Text("reduction", "mean") == "sum" ? Reduction.Sum : Reduction.Mean)),
        ["cosine_similarity"] = new((g, x, c) => c.Case == "all_pairs" ? g.Product(g.L2Normalise(x[0]), g.L2Normalise(x[1])) : g.CosineSimilarity(x[0], x[1])),
        ["l2_normalize"] = new((g, x, c) => g.L2Normalise(x[0], (float)c.Number("eps", 1e-12))),
        ["info_nce"] = new(InfoNce),
        ["sum"] = new((g, x, _) => g.Sum(x[0])) { Skip = OnlyTotals, Arrange = FirstRow },
        ["mean"] = new((g, x, _) => g.Mean(x[0])) { Skip = OnlyTotals },
        ["embedding"] = new((g, x, c) => g.Embedding(x[0], c["w.ids"].Integers, (int)c.Number("padding_index", -1))),
        ["index_select"] = new((g, x, c) => g.GatherRows(x[0], c["w.i"].Integers)) { Arrange = c => c.Number("axis", 0) == 0 ? c : c.Permute(1, 0) },
        ["concat"] = new(Interleave),
        ["stack"] = new(Interleave),
        ["rope"] = new(Rope) { Arrange = c => c.Permute(0, 2, 1, 3) },
    };

    private const string Broadcast = "broadcasting of this kind is not offered";

    private static string? OnlySameOrRow(OperationGolden c) => c.Case is "same" or "row" ? null : Broadcast;

    private static string? OnlyMatrices(OperationGolden c) => c.Inputs.All(x => x.Shape.Length == 2) ? null : "products are of matrices only";

    private static string? OnlyTotals(OperationGolden c) =>
        c.Tensors["y64"].Values.Length == 1 || c.Case == "cancellation" ? null : "sums and means are over all elements only";

    /// <summary>Two equal rows whose sums are wanted one by one: the first.</summary>
    private static OperationGolden FirstRow(OperationGolden c) => c.Case != "cancellation" ? c : c with
    {
        Tensors = c.Tensors.ToDictionary(t => t.Key, t => new GoldenTensor([1, t.Value.Columns], t.Value.Values[..(t.Value.Values.Length / 2)])),
    };

    private static OperationGolden With(OperationGolden c, params (string Name, Func<GoldenTensor, GoldenTensor> Change)[] changes)
    {
        var tensors = c.Tensors.ToDictionary(t => t.Key, t => t.Value);
        foreach (var (name, change) in changes)
            if (tensors.TryGetValue(name, out var t))
                tensors[name] = change(t);
        return c with { Tensors = tensors };
    }

    /// <summary>x0·x1 as Product has it, with x1 transposed (or not, where the case already says so).</summary>
    private static OperationGolden SecondTransposed(OperationGolden c)
    {
        GoldenTensor Turn(GoldenTensor t) => new OperationGolden("", "", default, 0, new Dictionary<string, GoldenTensor> { [""] = t }).Permute(1, 0)[""];
        var result = c;
        if (c.Flag("transpose_a"))
            result = With(result, ("x0", Turn), ("gx0", Turn));
        return c.Flag("transpose_b") ? result : With(result, ("x1", Turn), ("gx1", Turn));
    }

    private static OperationGolden AsColumns(OperationGolden c)
    {
        GoldenTensor Column(GoldenTensor t) => new([t.Values.Length, 1], t.Values);
        return With(c, ("x0", Column), ("x1", Column), ("gx0", Column), ("gx1", Column));
    }

    private static OperationGolden AxisLast(OperationGolden c)
    {
        var axes = c["x0"].Shape.Length;
        var axis = ((int)c.Number("axis", -1) + axes) % axes;
        return c.Permute(Enumerable.Range(0, axes).Where(a => a != axis).Append(axis).ToArray());
    }

    private static OperationGolden LastAxesJoined(OperationGolden c)
    {
        GoldenTensor Join(GoldenTensor t) => new([t.Shape[0], t.Values.Length / t.Shape[0]], t.Values);
        return c.Number("axes", 1) == 2 ? With(c, ("x0", Join), ("y64", Join), ("gy", Join), ("gx0", Join)) : c;
    }

    private static Tensor CrossEntropy(Graph g, Tensor[] x, OperationGolden c)
    {
        var labels = c["w.labels"];
        if (c.Case == "soft_labels")
            return g.Scale(g.Sum(g.Multiply(g.LogSoftmax(x[0]), TestTensors.Constant(g, labels))), -1f / labels.Rows);
        var options = new CrossEntropyOptions
        {
            IgnoreIndex = (int)c.Number("ignore_index", -100),
            LabelSmoothing = (float)c.Number("label_smoothing", 0),
            Reduction = Enum.Parse<Reduction>(c.Text("reduction", "mean"), ignoreCase: true),
        };
        return g.CrossEntropy(x[0], labels.Integers, options, c.Tensors.TryGetValue("w.weight", out var w) ? w.Values : default);
    }

    private static Tensor InfoNce(Graph g, Tensor[] x, OperationGolden c)
    {
        var similarities = g.Scale(g.Product(g.L2Normalise(x[0]), g.L2Normalise(x[1])), (float)(1 / c.Number("temperature", 1)));
        return g.CrossEntropy(similarities, Enumerable.Range(0, x[0].Rows).ToArray());
    }

    /// <summary>Along axis 1 of two batches: the rows of each batch one after another.</summary>
    private static Tensor Interleave(Graph g, Tensor[] x, OperationGolden c)
    {
        var batches = c["x0"].Shape[0];
        var parts = new List<Tensor>();
        for (var b = 0; b < batches; b++)
            foreach (var t in x)
                parts.Add(g.GatherRows(t, Enumerable.Range(b * (t.Rows / batches), t.Rows / batches).ToArray()));
        return g.ConcatRows([.. parts]);
    }

    /// <summary>Axes are batch, tokens, heads, head dimension here.</summary>
    private static Tensor Rope(Graph g, Tensor[] x, OperationGolden c)
    {
        var shape = c["x0"].Shape;
        var settings = new RopeSettings { Base = c.Number("base", 0), RotaryDims = (int)c.Number("rotary_dims", 0), Interleaved = c.Flag("interleaved") };
        var positions = Enumerable.Repeat(c["w.positions"].Integers, shape[0]).SelectMany(p => p).ToArray();
        var table = new RopeTable(settings);
        return TestTensors.Reshaped(g, x[0], shape[0] * shape[1], shape[2] * shape[3], t => g.Rope(t, table, positions, shape[2], shape[3]));
    }
}

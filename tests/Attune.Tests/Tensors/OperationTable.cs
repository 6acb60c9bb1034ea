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

    /// <summary>k where the result is a sum of k products; 0: element-wise, softmax or norm.</summary>
    public Func<OperationGolden, int> Products { get; init; } = _ => 0;

    /// <summary>Whether it is a matrix function, an interpolation or a recurrent cell, which the README grants 1e-4.</summary>
    public bool IsLoose { get; init; }

    /// <summary>Outputs that are only unique up to signs and rotations; their product, another output, is compared.</summary>
    public int[] Free { get; init; } = [];
}

/// <summary>Operation name of fixtures/operations → function of the engine.</summary>
internal static partial class OperationTable
{
    public static readonly Dictionary<string, TestedOperation> Offered =
        new[] { Functions(), Pairs(), Products(), Norms(), Losses(), Reductions(), Indices(), Rearrangements(), Images(), Recurrences(), Algebra() }.SelectMany(d => d).ToDictionary(d => d.Key, d => d.Value);

    private static Dictionary<string, TestedOperation> Functions() => new()
    {
        ["gelu_erf"] = new((g, x, _) => g.Gelu(x[0])),
        ["gelu_tanh"] = new((g, x, _) => g.Gelu(x[0], tanh: true)),
        ["quick_gelu"] = new((g, x, _) => g.QuickGelu(x[0])),
        ["silu"] = new((g, x, _) => g.Silu(x[0])),
        ["relu"] = new((g, x, _) => g.Relu(x[0])),
        ["relu_squared"] = new((g, x, _) => g.SquaredRelu(x[0])),
        ["leaky_relu"] = new((g, x, _) => g.LeakyRelu(x[0])),
        ["elu"] = new((g, x, _) => g.Elu(x[0])),
        ["softplus"] = new((g, x, c) => g.Softplus(x[0], (float)c.Number("beta", 1), (float)c.Number("threshold", 20))),
        ["mish"] = new((g, x, _) => g.Mish(x[0])),
        ["sigmoid"] = new((g, x, _) => g.Sigmoid(x[0])),
        ["log_sigmoid"] = new((g, x, _) => g.LogSigmoid(x[0])),
        ["tanh"] = new((g, x, _) => g.Tanh(x[0])),
        ["erf"] = new((g, x, _) => g.Erf(x[0])),
        ["hardswish"] = new((g, x, _) => g.HardSwish(x[0])),
        ["exp"] = new((g, x, _) => g.Exp(g.Scale(x[0], 0.25f))),
        ["sin"] = new((g, x, _) => g.Sin(x[0])),
        ["cos"] = new((g, x, _) => g.Cos(x[0])),
        ["square"] = new((g, x, _) => g.Square(x[0])),
        ["abs"] = new((g, x, _) => g.Abs(x[0])),
        ["neg"] = new((g, x, _) => g.Scale(x[0], -1)),
        ["clamp"] = new((g, x, _) => g.Clamp(x[0], -1, 2)),
        ["softcap_30"] = new((g, x, _) => g.SoftCap(x[0], 30)),
        ["softsign"] = new((g, x, _) => g.Softsign(x[0])),
        ["expm1"] = new((g, x, _) => g.Expm1(g.Scale(x[0], 0.25f))),
        ["log"] = new((g, x, _) => g.Log(x[0])),
        ["sqrt"] = new((g, x, _) => g.Sqrt(x[0])),
        ["rsqrt"] = new((g, x, _) => g.ReciprocalSqrt(x[0])),
        ["reciprocal"] = new((g, x, _) => g.Reciprocal(x[0])),
        ["log1p"] = new((g, x, _) => g.Log1p(x[0])),
        ["swiglu"] = new((g, x, _) => g.SwiGlu(x[0], x[1])),
        ["geglu"] = new((g, x, _) => g.Multiply(g.Gelu(x[0], tanh: true), x[1])),
        ["prelu"] = new(PRelu),
    };

    private static Dictionary<string, TestedOperation> Pairs() => new()
    {
        ["add"] = new((g, x, c) => Broadcast(g, x, c, g.Add)),
        ["sub"] = new((g, x, c) => Broadcast(g, x, c, g.Subtract)),
        ["mul"] = new((g, x, c) => Broadcast(g, x, c, g.Multiply)),
        ["div"] = new((g, x, c) => Broadcast(g, x, c, g.Divide)),
        ["maximum"] = new((g, x, c) => Broadcast(g, x, c, g.Maximum)),
        ["minimum"] = new((g, x, c) => Broadcast(g, x, c, g.Minimum)),
        ["pow"] = new((g, x, c) => Broadcast(g, [g.AddScalar(g.Abs(x[0]), 0.1f), x[1]], c, g.Power)),
    };

    private static Dictionary<string, TestedOperation> Norms() => new()
    {
        ["softmax"] = new((g, x, _) => g.Softmax(x[0])) { Arrange = AxisLast },
        ["log_softmax"] = new((g, x, _) => g.LogSoftmax(x[0])) { Arrange = AxisLast },
        ["logsumexp"] = new((g, x, _) => g.LogSumExp(x[0])) { Arrange = AxisLast },
        ["layer_norm"] = new((g, x, c) => g.LayerNorm(x[0], x.Length > 1 ? x[1] : default, x.Length > 2 ? x[2] : default, (float)c.Number("eps", 1e-5))) { Arrange = LastAxesJoined },
        ["rms_norm"] = new((g, x, c) => g.RmsNorm(x[0], x[1], (float)c.Number("eps", 1e-5), c.Text("note", "") == "weight is 1 + w" ? 1 : 0)),
        ["group_norm"] = new((g, x, c) => g.GroupNorm(Channels(x[0], c["x0"].Shape), x[1], x[2], (int)c.Number("groups", 1), (float)c.Number("eps", 1e-5))),
        ["batch_norm"] = new(BatchNorm),
        ["cosine_similarity"] = new((g, x, c) => c["y64"].Shape.Length == 2 ? g.Product(g.L2Normalise(x[0]), g.L2Normalise(x[1])) : g.CosineSimilarity(x[0], x[1])),
        ["l2_normalize"] = new((g, x, c) => g.L2Normalise(x[0], (float)c.Number("eps", 1e-12))),
        ["rope"] = new(Rope) { Arrange = c => c.Permute(0, 2, 1, 3) },
    };

    /// <summary>Matrices as they are, where the result is one; otherwise both are repeated to the result's shape first.</summary>
    private static Tensor Broadcast(Graph g, Tensor[] x, OperationGolden c, Func<Tensor, Tensor, Tensor> apply)
    {
        var to = c["y64"].Shape;
        if (to.Length <= 2)
            return apply(x[0], x[1]);
        return apply(Expanded(g, x[0], c["x0"].Shape, to), Expanded(g, x[1], c["x1"].Shape, to));
    }

    private static Tensor Expanded(Graph g, Tensor x, int[] shape, int[] to) =>
        shape.SequenceEqual(to) ? x : g.Rearrange(x, ElementMap.Of(shape).Expand(to));

    /// <summary>[N, C, …] as a matrix with a channel of an image a row.</summary>
    private static Tensor Channels(Tensor x, int[] shape) => x.Reshape(shape[0] * shape[1], (int)(x.Count / shape[0] / shape[1]));

    private static Tensor PRelu(Graph g, Tensor[] x, OperationGolden c)
    {
        var shape = c["x0"].Shape;
        var weights = g.GatherRows(x[1].Reshape(shape[1], 1), [.. Enumerable.Range(0, shape[0] * shape[1]).Select(r => r % shape[1])]);
        return g.PRelu(Channels(x[0], shape), weights);
    }

    private static Tensor BatchNorm(Graph g, Tensor[] x, OperationGolden c)
    {
        var shape = c["x0"].Shape;
        int[] there = [.. Enumerable.Range(0, shape.Length).Where(a => a != 1), 1], back = [0, shape.Length - 1, .. Enumerable.Range(1, shape.Length - 2)];
        var map = ElementMap.Of(shape).Permute(there);
        var rows = g.Rearrange(x[0], map);
        Tensor mean = TestTensors.Constant(g, c["w.mean"]), variance = TestTensors.Constant(g, c["w.var"]);
        var epsilon = (float)c.Number("eps", 1e-5);
        Tensor y;
        if (c.Tensors.ContainsKey("y641"))
        {
            y = g.BatchNorm(rows, x[1], x[2], epsilon);
            GroupNormOperation.UpdateBatchStatistics(rows, mean, variance, (float)c.Number("momentum", 0.1));
            (c.Others[1], c.Others[2]) = (mean.Span.ToArray(), variance.Span.ToArray());
        }
        else
            y = g.BatchNorm(rows, x[1], x[2], mean, variance, epsilon);
        return g.Rearrange(y, ElementMap.Of([.. there.Select(a => shape[a])]).Permute(back));
    }

    private static OperationGolden AxisLast(OperationGolden c)
    {
        var axes = c["x0"].Shape.Length;
        var axis = ((int)c.Number("axis", -1) + axes) % axes;
        return c.Permute(Enumerable.Range(0, axes).Where(a => a != axis).Append(axis).ToArray());
    }

    /// <summary>The axes that are normalised as one, in weights too.</summary>
    private static OperationGolden LastAxesJoined(OperationGolden c)
    {
        var columns = c["x0"].Shape[^(int)c.Number("axes", 1)..].Aggregate(1, (n, m) => n * m);
        return c with { Tensors = c.Tensors.ToDictionary(t => t.Key, t => new GoldenTensor([t.Value.Values.Length / columns, columns], t.Value.Values)) };
    }

    /// <summary>Axes are batch, tokens, heads, head dimension here.</summary>
    private static Tensor Rope(Graph g, Tensor[] x, OperationGolden c)
    {
        var shape = c["x0"].Shape;
        var settings = new RopeSettings { Base = c.Number("base", 0), RotaryDims = (int)c.Number("rotary_dims", 0), Interleaved = c.Flag("interleaved") };
        var positions = Enumerable.Repeat(c["w.positions"].Integers, shape[0]).SelectMany(p => p).ToArray();
        var table = new RopeTable(settings);
        return g.Rope(x[0].Reshape(shape[0] * shape[1], shape[2] * shape[3]), table, positions, shape[2], shape[3]);
    }
}

using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Tensors;

/// <summary>Images and sequences, recurrences: the goldens have channels before pixels, the engine after them.</summary>
internal static partial class OperationTable
{
    private static Dictionary<string, TestedOperation> Images() => new()
    {
        ["conv1d"] = new(Convolved) { Products = Sums },
        ["conv2d"] = new(Convolved) { Products = Sums },
        ["conv_transpose2d"] = new(Transposed) { Products = Sums },
        ["max_pool2d"] = new((g, x, c) => Pixels(g, x[0], c["x0"].Shape, t => g.MaxPool2d(t, PoolWindow(c)))),
        ["avg_pool2d"] = new((g, x, c) => Pixels(g, x[0], c["x0"].Shape, t => g.AveragePool2d(t, PoolWindow(c)))),
        ["adaptive_avg_pool2d"] = new((g, x, c) => Pixels(g, x[0], c["x0"].Shape, t => g.AdaptiveAveragePool2d(t, c["x0"].Shape[2], c["x0"].Shape[3], c.Whole("size", 2)[0], c.Whole("size", 2)[1]))),
        ["interpolate"] = new(Interpolated) { IsLoose = true },
        ["pixel_shuffle"] = new((g, x, c) => g.PixelShuffle(Channels(x[0], c["x0"].Shape), c["x0"].Shape[2], c["x0"].Shape[3], (int)c.Number("factor", 1))),
        ["pixel_unshuffle"] = new((g, x, c) => g.PixelUnshuffle(Channels(x[0], c["x0"].Shape), c["x0"].Shape[2], c["x0"].Shape[3], (int)c.Number("factor", 1))),
        ["sinusoidal_positions"] = new((g, x, c) =>
        {
            var table = g.Arena.Matrix(x[0].Rows, x[0].Columns);
            SinusoidalPositions.Fill(c["w.positions"].Integers, table);
            return g.Add(x[0], table);
        }),
        ["alibi"] = new((g, x, _) => g.Multiply(x[0], TestTensors.Constant(g, AttentionAlibi.Slopes(x[0].Columns), 1, x[0].Columns))),
    };

    private static Dictionary<string, TestedOperation> Recurrences() => new()
    {
        ["lstm_cell"] = new((g, x, c) =>
        {
            var (hidden, cell) = g.LstmCell(x[0], x[1], x[2], x[3], x[4], x[5], x[6]);
            c.Others[1] = cell.Span.ToArray();
            return hidden;
        }) { IsLoose = true },
        ["gru_cell"] = new((g, x, _) => g.GruCell(x[0], x[1], x[2], x[3], x[4], x[5])) { IsLoose = true },
        ["selective_scan"] = new((g, x, c) =>
        {
            var shape = c["x0"].Shape;
            var state = g.Persistent.Zeros(shape[0] * shape[2], x[2].Columns);
            var y = g.SelectiveScan(x[0], g.Softplus(x[1]), g.Scale(g.Exp(x[2]), -1), x[3], x[4], x[5], [.. Enumerable.Repeat(shape[1], shape[0])], state);
            c.Others[1] = state.Span.ToArray();
            return y;
        }) { IsLoose = true },
        ["gated_linear_attention"] = new((g, x, c) => g.GatedLinearAttention(x[0], x[1], x[2], g.Sigmoid(x[3]), 1, [.. Enumerable.Repeat(c["x0"].Shape[1], c["x0"].Shape[0])])) { IsLoose = true },
    };

    private static int Sums(OperationGolden c) => c["x1"].Values.Length / c["x1"].Shape[0] * (c.Operation == "conv_transpose2d" ? c["x0"].Shape[1] : 1);

    /// <summary>[N, C, …] to a pixel a row and back.</summary>
    private static Tensor Pixels(Graph g, Tensor x, int[] shape, Func<Tensor, Tensor> apply)
    {
        var pixels = shape[2..].Aggregate(1, (n, m) => n * m);
        var y = apply(g.Rearrange(x, ElementMap.Of(shape[0], shape[1], pixels).Permute(0, 2, 1)));
        return g.Rearrange(y, ElementMap.Of(shape[0], y.Rows / shape[0], y.Columns).Permute(0, 2, 1));
    }

    private static Tensor Convolved(Graph g, Tensor[] x, OperationGolden c)
    {
        int[] shape = c["x0"].Shape, kernel = c["x1"].Shape;
        var weight = x[1].Reshape(kernel[0], (int)x[1].Count / kernel[0]);
        var bias = x.Length > 2 ? x[2] : default;
        if (c.Number("left_padding", 0) > 0)
            return Pixels(g, x[0], shape, t => g.CausalConvolution(t, weight, bias, [.. Enumerable.Repeat(shape[2], shape[0])]));
        return Pixels(g, x[0], shape, t => g.Convolution(t, weight, bias, WindowOf(c, shape[2..], kernel[2..]), (int)c.Number("groups", 1)));
    }

    private static Tensor Transposed(Graph g, Tensor[] x, OperationGolden c)
    {
        var kernel = c["x1"].Shape;
        var weight = x[1].Reshape(kernel[0], (int)x[1].Count / kernel[0]);
        return Pixels(g, x[0], c["x0"].Shape, t => g.TransposedConvolution(t, weight, x.Length > 2 ? x[2] : default, WindowOf(c, c["y64"].Shape[2..], kernel[2..]), (int)c.Number("groups", 1)));
    }

    private static Window PoolWindow(OperationGolden c)
    {
        var kernel = c.Whole("kernel_size", 2);
        return WindowOf(c, c["x0"].Shape[2..], kernel, kernel);
    }

    private static Window WindowOf(OperationGolden c, int[] size, int[] kernel, int[]? strides = null)
    {
        int[] Two(string name, int absent)
        {
            var values = c.Whole(name, size.Length, absent);
            return size.Length == 1 ? [absent, values[0]] : values;
        }
        var (stride, padding, dilation) = (c.Attributes.TryGetProperty("stride", out _) || strides is null ? Two("stride", 1) : strides, Two("padding", 0), Two("dilation", 1));
        return new Window(size.Length == 1 ? 1 : size[0], size[^1], size.Length == 1 ? 1 : kernel[0], kernel[^1])
        {
            StrideHeight = stride[0], StrideWidth = stride[1], PaddingHeight = padding[0], PaddingWidth = padding[1], DilationHeight = dilation[0], DilationWidth = dilation[1],
        };
    }

    private static Tensor Interpolated(Graph g, Tensor[] x, OperationGolden c)
    {
        int[] shape = c["x0"].Shape, to = c["y64"].Shape;
        var kind = c.Text("mode", "") switch { "nearest" => Resampling.Nearest, "bilinear" => Resampling.Linear, "bicubic" => Resampling.Cubic, var mode => throw new InvalidDataException($"mode {mode}") };
        return Pixels(g, x[0], shape, t => g.Interpolate(t, shape[2], shape[3], to[2], to[3], kind, c.Flag("align_corners"), c.Flag("antialias"), c.Number("scale_factor", 0)));
    }
}

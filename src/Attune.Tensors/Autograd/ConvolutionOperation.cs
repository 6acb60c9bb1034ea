using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>
/// Convolutions as products over unfolded windows. Pixels are rows and channels columns: [images·Height·Width, C]; weights are torch's, each output's kernel in a row.
/// </summary>
public static class ConvolutionOperation
{
    /// <summary>
    /// Cross-correlation: x [images·Height·Width, C], weight [outputs, C/groups·KernelHeight·KernelWidth], bias [1, outputs] or empty → [images·OutHeight·OutWidth, outputs].
    /// </summary>
    public static Tensor Convolution(this Graph graph, Tensor x, Tensor weight, Tensor bias, Window window, int groups = 1)
    {
        if (groups < 1 || x.Columns % groups != 0 || weight.Rows % groups != 0 || weight.Columns != x.Columns / groups * window.KernelSize)
            throw new ArgumentException($"Convolution: the weight {weight} does not fit {x} in {groups} groups with windows of {window.KernelSize} pixels");
        var unfolded = graph.Unfold(x, window);
        Tensor y;
        if (groups == 1)
            y = graph.Product(unfolded, weight);
        else if (groups == x.Columns && groups == weight.Rows)
            y = graph.RowSum(graph.MultiplyRow(unfolded, weight.Reshape(1, unfolded.Columns)).Reshape(unfolded.Rows * groups, window.KernelSize)).Reshape(unfolded.Rows, groups);
        else
            y = Grouped(graph, unfolded, weight, groups);
        return bias.IsEmpty ? y : graph.AddBias(y, bias);
    }

    /// <summary>
    /// The transpose of a convolution, which reads <paramref name="window"/> backwards: x [images·OutHeight·OutWidth, C],
    /// weight [C, outputs/groups·KernelHeight·KernelWidth], bias [1, outputs] or empty → [images·Height·Width, outputs].
    /// </summary>
    public static Tensor TransposedConvolution(this Graph graph, Tensor x, Tensor weight, Tensor bias, Window window, int groups = 1)
    {
        if (groups < 1 || x.Columns % groups != 0 || weight.Rows != x.Columns || weight.Columns % window.KernelSize != 0)
            throw new ArgumentException($"TransposedConvolution: the weight {weight} does not fit {x} in {groups} groups with windows of {window.KernelSize} pixels");
        var parts = new Tensor[groups];
        for (var g = 0; g < groups; g++)
        {
            var each = x.Columns / groups;
            var rows = groups == 1 ? weight : graph.GatherRows(weight, [.. Enumerable.Range(g * each, each)]);
            parts[g] = graph.BatchedProduct(groups == 1 ? x : graph.SliceColumns(x, g * each, each), rows, 1);
        }
        var y = graph.Fold(groups == 1 ? parts[0] : graph.ConcatColumns(parts), window);
        return bias.IsEmpty ? y : graph.AddBias(y, bias);
    }

    private static Tensor Grouped(Graph graph, Tensor unfolded, Tensor weight, int groups)
    {
        var parts = new Tensor[groups];
        int inputs = unfolded.Columns / groups, outputs = weight.Rows / groups;
        for (var g = 0; g < groups; g++)
            parts[g] = graph.Product(graph.SliceColumns(unfolded, g * inputs, inputs), graph.GatherRows(weight, [.. Enumerable.Range(g * outputs, outputs)]));
        return graph.ConcatColumns(parts);
    }
}

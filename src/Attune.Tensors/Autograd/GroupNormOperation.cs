using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Norms over groups of channels and over the batch, made of the layer norm.</summary>
public static class GroupNormOperation
{
    /// <summary>
    /// (x − mean)/√(var + ε)·w + b with mean and variance of a group of channels of one image (Wu and He 2018): x [images·C, pixels], a channel a row, as torch lays
    /// images out; w and b [1, C].
    /// </summary>
    public static Tensor GroupNorm(this Graph graph, Tensor x, Tensor weight, Tensor bias, int groups, float epsilon = 1e-5f)
    {
        var channels = weight.Columns;
        if (groups < 1 || channels % groups != 0 || x.Rows % channels != 0)
            throw new ArgumentException($"GroupNorm: {groups} groups of {channels} channels do not fit {x}");
        var images = x.Rows / channels;
        var normal = graph.LayerNorm(x.Reshape(images * groups, channels / groups * x.Columns), default, default, epsilon).Reshape(x.Rows, x.Columns);
        int[] channel = [.. Enumerable.Range(0, x.Rows).Select(r => r % channels)];
        var scaled = graph.Multiply(normal, graph.GatherRows(weight.Reshape(channels, 1), channel));
        return graph.Add(scaled, graph.GatherRows(bias.Reshape(channels, 1), channel));
    }

    /// <summary>
    /// (x − mean)/√(var + ε)·w + b with mean and biased variance of each column over all rows (Ioffe and Szegedy 2015), as in training: x [M, C], w and b [1, C].
    /// </summary>
    public static Tensor BatchNorm(this Graph graph, Tensor x, Tensor weight, Tensor bias, float epsilon = 1e-5f)
    {
        var normal = graph.Transpose(graph.LayerNorm(graph.Transpose(x), default, default, epsilon));
        return graph.AddBias(graph.MultiplyRow(normal, weight), bias);
    }

    /// <summary>The same with a mean and a variance [1, C] that were measured before, as in inference; they get no gradient.</summary>
    public static Tensor BatchNorm(this Graph graph, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor variance, float epsilon = 1e-5f)
    {
        var scale = graph.Multiply(weight, graph.ReciprocalSqrt(graph.AddScalar(variance.WithNode(0), epsilon)));
        return graph.AddBias(graph.MultiplyRow(graph.Subtract(x, mean.WithNode(0)), scale), bias);
    }

    /// <summary>
    /// Moves running statistics [1, C] towards those of x [M, C]: s ← (1 − momentum)·s + momentum·now, with the unbiased variance, as torch keeps it.
    /// </summary>
    public static void UpdateBatchStatistics(Tensor x, Tensor mean, Tensor variance, float momentum = 0.1f)
    {
        Shapes.Row("UpdateBatchStatistics", "the mean", mean, x.Columns);
        Shapes.Row("UpdateBatchStatistics", "the variance", variance, x.Columns);
        var column = new float[x.Rows];
        for (var c = 0; c < x.Columns; c++)
        {
            for (var r = 0; r < x.Rows; r++)
                column[r] = x[r][c];
            var average = column.Average(v => (double)v);
            mean.Span[c] = (float)((1 - momentum) * mean.Span[c] + momentum * average);
            variance.Span[c] = (float)((1 - momentum) * variance.Span[c] + momentum * RowReductions.Variance.Value(column, 1));
        }
    }
}

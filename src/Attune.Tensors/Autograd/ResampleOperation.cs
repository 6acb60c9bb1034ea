using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Poolings and changes of size of images [images·height·width, channels], a pixel a row; all are sums of rows with constant weights but the largest.</summary>
public static class ResampleOperation
{
    /// <summary>The largest of each window and channel; the padding does not count, and the first of equal ones gets the gradient.</summary>
    public static Tensor MaxPool2d(this Graph graph, Tensor x, Window window)
    {
        var unfolded = graph.Unfold(x, window, float.NegativeInfinity);
        var windows = unfolded.Reshape(unfolded.Rows * x.Columns, window.KernelSize);
        return graph.GatherByRow(windows, RowOrder.Largest(windows)).Reshape(unfolded.Rows, x.Columns);
    }

    /// <summary>The mean of each window and channel; the padding counts as zeros.</summary>
    public static Tensor AveragePool2d(this Graph graph, Tensor x, Window window)
    {
        var unfolded = graph.Unfold(x, window);
        return graph.RowMean(unfolded.Reshape(unfolded.Rows * x.Columns, window.KernelSize)).Reshape(unfolded.Rows, x.Columns);
    }

    /// <summary>Means over toHeight × toWidth areas that cover the image, which overlap where the size is no multiple.</summary>
    public static Tensor AdaptiveAveragePool2d(this Graph graph, Tensor x, int height, int width, int toHeight, int toWidth) =>
        Separable(graph, x, height, width, ResampleTaps.Adaptive(height, toHeight), ResampleTaps.Adaptive(width, toWidth));

    /// <summary>
    /// The image in another size, with half-pixel centres or, where <paramref name="corners"/> says so, corners on corners. <paramref name="antialias"/> widens the filter
    /// where the image shrinks.
    /// </summary>
    /// <param name="scale">How much larger the image becomes, where that is not the quotient of the sizes; 0: the quotient.</param>
    public static Tensor Interpolate(this Graph graph, Tensor x, int height, int width, int toHeight, int toWidth, Resampling kind, bool corners = false, bool antialias = false, double scale = 0)
    {
        (int, double)[][] Taps(int from, int to) => ResampleTaps.Of(from, to, kind, corners, antialias, scale == 0 ? (double)from / to : 1 / scale);
        return Separable(graph, x, height, width, Taps(height, toHeight), Taps(width, toWidth));
    }

    private static Tensor Separable(Graph graph, Tensor x, int height, int width, (int Place, double Weight)[][] down, (int Place, double Weight)[][] across)
    {
        if (height < 1 || width < 1 || x.Rows % (height * width) != 0)
            throw new ArgumentException($"Resample: the rows of {x} are no images of {height} by {width}");
        var images = x.Rows / (height * width);
        int rows = down.Max(t => t.Length), columns = across.Max(t => t.Length);
        var (places, weights) = (new List<int>(), new List<float>());
        for (var image = 0; image < images; image++)
            foreach (var vertical in down)
                foreach (var horizontal in across)
                    for (var i = 0; i < rows; i++)
                        for (var j = 0; j < columns; j++)
                        {
                            var there = i < vertical.Length && j < horizontal.Length;
                            places.Add(there ? (image * height + vertical[i].Place) * width + horizontal[j].Place : -1);
                            weights.Add(there ? (float)(vertical[i].Weight * horizontal[j].Weight) : 0);
                        }
        var constant = graph.Arena.Matrix(images * down.Length * across.Length, rows * columns);
        weights.ToArray().CopyTo(constant.Span);
        return graph.WeightedRows(x, places.ToArray(), constant);
    }
}

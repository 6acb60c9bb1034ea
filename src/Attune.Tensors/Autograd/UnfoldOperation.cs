using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Windows of images as rows of a matrix, and their sums back into images: what convolutions and poolings are made of.</summary>
public static class UnfoldOperation
{
    /// <summary>
    /// The pixels of every window in a row, channel after channel: x [images·Height·Width, C] → [images·OutHeight·OutWidth, C·KernelHeight·KernelWidth];
    /// <paramref name="fill"/> in the padding.
    /// </summary>
    public static Tensor Unfold(this Graph graph, Tensor x, Window window, float fill = 0)
    {
        var images = Images("Unfold", x, window.Height * window.Width);
        using var _ = Profile.Measure(OperationKind.Rows, 0, 4 * x.Count * (1 + window.KernelSize));
        var y = graph.Arena.Matrix(images * window.OutHeight * window.OutWidth, checked(x.Columns * window.KernelSize));
        Unfolding.Forward(window, x, fill, y);
        return Recorded(graph, x, y, window, folds: false);
    }

    /// <summary>The reverse in the sense of gradients: every pixel the sum of its places in the windows: [windows, C·KernelHeight·KernelWidth] → [images·Height·Width, C].</summary>
    public static Tensor Fold(this Graph graph, Tensor x, Window window)
    {
        var images = Images("Fold", x, window.OutHeight * window.OutWidth);
        if (x.Columns % window.KernelSize != 0)
            throw new ArgumentException($"Fold: the columns of {x} are no multiple of the window's {window.KernelSize} pixels");
        using var _ = Profile.Measure(OperationKind.Rows, 0, 8 * x.Count);
        var y = graph.Arena.Zeros(images * window.Height * window.Width, x.Columns / window.KernelSize);
        Unfolding.Add(window, x, y);
        return Recorded(graph, x, y, window, folds: true);
    }

    private static int Images(string operation, Tensor x, int pixels) =>
        x.Rows % Math.Max(1, pixels) == 0 ? x.Rows / Math.Max(1, pixels) : throw new ArgumentException($"{operation}: the rows of {x} are no multiple of {pixels}");

    private static Tensor Recorded(Graph graph, Tensor x, Tensor y, Window window, bool folds)
    {
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Window, node.Folds) = (x, y, window, folds);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public Window? Window;
        public bool Folds;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.RowsBackward, 0, 8 * (X.Count + Y.Count));

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            if (!Folds)
            {
                Unfolding.Add(Window!, graph.Upstream(Y), graph.Gradient(X));
                return;
            }
            var full = graph.Arena.Matrix(X.Rows, X.Columns);
            Unfolding.Forward(Window!, graph.Upstream(Y), 0, full);
            Elementwise.AddTo(full, graph.Gradient(X));
        }
    }
}

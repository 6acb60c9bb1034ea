using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Elements of each row by their order; gradients go back to where the elements came from.</summary>
public static class SortOperation
{
    /// <summary>Each row in order, equal elements as they stood: [M, N] → [M, N]; <paramref name="columns"/>: where each came from, row after row.</summary>
    public static Tensor Sort(this Graph graph, Tensor x, bool descending, out int[] columns) =>
        graph.GatherByRow(x, columns = RowOrder.First(x, x.Columns, descending));

    /// <summary>
    /// The k largest elements of each row, the largest first: [M, N] → [M, k]; <paramref name="columns"/>: where each came from, row after row. A router takes its experts
    /// by it: the softmax before or after is its own.
    /// </summary>
    public static Tensor TopK(this Graph graph, Tensor x, int k, out int[] columns) =>
        graph.GatherByRow(x, columns = RowOrder.First(x, k, descending: true));
}

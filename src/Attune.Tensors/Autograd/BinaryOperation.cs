using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>
/// Functions of two matrices, element by element. Either may have one row, one column or one element: it then counts as repeated,
/// and its gradient is the sum over what it was repeated for.
/// </summary>
public static unsafe class BinaryOperation
{
    /// <summary>a + b.</summary>
    public static Tensor Add(this Graph graph, Tensor a, Tensor b) =>
        IsRow(b, a) ? graph.AddBias(a, b) : Run<BinaryFunctions.Sum>("Add", graph, a, b);

    /// <summary>a − b.</summary>
    public static Tensor Subtract(this Graph graph, Tensor a, Tensor b) => Run<BinaryFunctions.Difference>("Subtract", graph, a, b);

    /// <summary>a·b element by element; a may be b.</summary>
    public static Tensor Multiply(this Graph graph, Tensor a, Tensor b) =>
        IsRow(b, a) ? graph.MultiplyRow(a, b) : Run<BinaryFunctions.Product>("Multiply", graph, a, b);

    /// <summary>a/b.</summary>
    public static Tensor Divide(this Graph graph, Tensor a, Tensor b) => Run<BinaryFunctions.Quotient>("Divide", graph, a, b);

    /// <summary>The larger of a and b; equal ones share the gradient.</summary>
    public static Tensor Maximum(this Graph graph, Tensor a, Tensor b) => Run<BinaryFunctions.Largest>("Maximum", graph, a, b);

    /// <summary>The smaller of a and b; equal ones share the gradient.</summary>
    public static Tensor Minimum(this Graph graph, Tensor a, Tensor b) => Run<BinaryFunctions.Smallest>("Minimum", graph, a, b);

    /// <summary>aᵇ for a above 0; NaN elsewhere.</summary>
    public static Tensor Power(this Graph graph, Tensor a, Tensor b) => Run<BinaryFunctions.Power>("Power", graph, a, b);

    private static bool IsRow(Tensor b, Tensor a) => b.Rows == 1 && b.Columns == a.Columns && a.Rows != 1;

    private static Tensor Run<F>(string name, Graph graph, Tensor a, Tensor b)
        where F : struct, IBinary
    {
        int rows = Common(name, a, b, a.Rows, b.Rows), columns = Common(name, a, b, a.Columns, b.Columns);
        var y = graph.Arena.Matrix(rows, columns);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, y, 3));
        Binary<F>.Forward(a, b, y);
        if (!graph.Wants(a, b))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node<F>>();
        if (F.ReadsInputs)
        {
            graph.Keep(a);
            graph.Keep(b);
        }
        (node.A, node.B, node.Y) = (a, b, y);
        return y;
    }

    private static int Common(string name, Tensor a, Tensor b, int first, int second) =>
        first == second || second == 1 ? first
            : first == 1 ? second
            : throw new ArgumentException($"{name}: shapes {a} and {b} differ, and neither is repeated");

    private sealed class Node<F> : Operation
        where F : struct, IBinary
    {
        public Tensor A, B, Y;

        internal override OperationWork BackwardWork(Graph graph) =>
            F.ReadsInputs ? WorkOf.Elements(OperationKind.ElementwiseBackward, Y, A.Node != 0 && B.Node != 0 ? 8 : 4)
                // A first gradient is passed on without being touched.
                : WorkOf.Elements(OperationKind.ElementwiseBackward, Y, (graph.HasGradient(A) ? 3 : 0) + (graph.HasGradient(B) ? 3 : 0));

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            if (A.Node != 0)
                Give(graph, A, ofA: true);
            if (B.Node != 0)
                Give(graph, B, ofA: false);
        }

        private void Give(Graph graph, Tensor to, bool ofA)
        {
            var dy = graph.Upstream(Y);
            var isOne = !F.ReadsInputs && (ofA || typeof(F) == typeof(BinaryFunctions.Sum));
            if (to.Count == Y.Count)
            {
                if (isOne)
                    graph.Pass(Y, to);
                else
                    Slopes(dy, graph.Gradient(to), ofA);
                return;
            }
            if (!isOne)
            {
                var full = graph.Arena.Zeros(Y.Rows, Y.Columns);
                Slopes(dy, full, ofA);
                dy = full;
            }
            AddSum(graph, dy, graph.Gradient(to));
        }

        private void Slopes(Tensor dy, Tensor sum, bool ofA)
        {
            if (ofA)
                Binary<F>.BackwardA(A, B, dy, sum);
            else
                Binary<F>.BackwardB(A, B, dy, sum);
        }
    }

    /// <summary>sum += x, summed over the rows, the columns or both.</summary>
    private static void AddSum(Graph graph, Tensor x, Tensor sum)
    {
        if (sum.Columns == 1 && x.Columns != 1)
        {
            var column = sum.Rows == x.Rows ? sum : graph.Arena.Zeros(x.Rows, 1);
            RowSums.Sum(x, column.Data, add: true);
            x = column;
        }
        if (sum.Rows == 1 && x.Rows != 1)
            ColumnSums.Add(x, sum.Data);
    }
}

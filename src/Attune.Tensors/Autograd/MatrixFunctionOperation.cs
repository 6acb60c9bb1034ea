using Attune.Tensors.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Tensors.Autograd;

/// <summary>Functions of small square matrices with gradients, in float64; on no hot path.</summary>
public static class MatrixFunctionOperation
{
    /// <summary>X with A·X = B: A [N, N], B [N, K] → [N, K]. dB = A⁻ᵀ·dX, dA = −dB·Xᵀ.</summary>
    public static Tensor Solve(this Graph graph, Tensor a, Tensor b)
    {
        MatrixFunctions.Square("Solve", a);
        if (b.Rows != a.Rows)
            throw new ArgumentException($"Solve: the right side is {b}, expected {a.Rows} rows");
        return Run<Solution>(graph, a, b);
    }

    /// <summary>A⁻¹; dA = −A⁻ᵀ·dY·A⁻ᵀ.</summary>
    public static Tensor Inverse(this Graph graph, Tensor a) => RunSquare<Inversion>("Inverse", graph, a);

    /// <summary>det A [1, 1]; dA = det A·A⁻ᵀ·dy.</summary>
    public static Tensor Determinant(this Graph graph, Tensor a) => RunSquare<Volume>("Determinant", graph, a);

    /// <summary>ln det A [1, 1], NaN where the determinant is negative; dA = A⁻ᵀ·dy.</summary>
    public static Tensor LogDeterminant(this Graph graph, Tensor a) => RunSquare<LogVolume>("LogDeterminant", graph, a);

    /// <summary>e^A; dA is the upper right block of the exponential of [[Aᵀ, dY], [0, Aᵀ]] (Najfeld and Havel 1995).</summary>
    public static Tensor MatrixExponential(this Graph graph, Tensor a) => RunSquare<Exponential>("MatrixExponential", graph, a);

    private interface IMatrixFunction
    {
        static abstract Matrix<double> Value(Matrix<double> a, Matrix<double>? b);

        static abstract (Matrix<double> A, Matrix<double>? B) Gradients(Matrix<double> a, Matrix<double>? b, Matrix<double> dy);
    }

    private static Tensor RunSquare<F>(string name, Graph graph, Tensor a)
        where F : struct, IMatrixFunction
    {
        MatrixFunctions.Square(name, a);
        return Run<F>(graph, a, default);
    }

    private static Tensor Run<F>(Graph graph, Tensor a, Tensor b)
        where F : struct, IMatrixFunction
    {
        var value = F.Value(MatrixFunctions.Read(a), b.IsEmpty ? null : MatrixFunctions.Read(b));
        var y = graph.Arena.Zeros(value.RowCount, value.ColumnCount);
        Add(value, y);
        if (!graph.Wants(a, b))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node<F>>();
        graph.Keep(a);
        if (!b.IsEmpty)
            graph.Keep(b);
        (node.A, node.B, node.Y) = (a, b, y);
        return y;
    }

    private static void Add(Matrix<double> x, Tensor sum)
    {
        for (var r = 0; r < sum.Rows; r++)
            for (var c = 0; c < sum.Columns; c++)
                sum[r][c] = (float)(sum[r][c] + x[r, c]);
    }

    private sealed class Node<F> : Operation
        where F : struct, IMatrixFunction
    {
        public Tensor A, B, Y;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var (da, db) = F.Gradients(MatrixFunctions.Read(A), B.IsEmpty ? null : MatrixFunctions.Read(B), MatrixFunctions.Read(graph.Upstream(Y)));
            if (A.Node != 0)
                Add(da, graph.Gradient(A));
            if (B.Node != 0)
                Add(db!, graph.Gradient(B));
        }
    }

    private readonly struct Solution : IMatrixFunction
    {
        public static Matrix<double> Value(Matrix<double> a, Matrix<double>? b) => a.Solve(b!);

        public static (Matrix<double> A, Matrix<double>? B) Gradients(Matrix<double> a, Matrix<double>? b, Matrix<double> dy)
        {
            var db = a.Transpose().Solve(dy);
            return (-db * a.Solve(b!).Transpose(), db);
        }
    }

    private readonly struct Inversion : IMatrixFunction
    {
        public static Matrix<double> Value(Matrix<double> a, Matrix<double>? b) => a.Inverse();

        public static (Matrix<double> A, Matrix<double>? B) Gradients(Matrix<double> a, Matrix<double>? b, Matrix<double> dy)
        {
            var turned = a.Inverse().Transpose();
            return (-turned * dy * turned, null);
        }
    }

    private readonly struct Volume : IMatrixFunction
    {
        public static Matrix<double> Value(Matrix<double> a, Matrix<double>? b) => Matrix<double>.Build.Dense(1, 1, a.Determinant());

        public static (Matrix<double> A, Matrix<double>? B) Gradients(Matrix<double> a, Matrix<double>? b, Matrix<double> dy) =>
            (a.Determinant() * dy[0, 0] * a.Inverse().Transpose(), null);
    }

    private readonly struct LogVolume : IMatrixFunction
    {
        public static Matrix<double> Value(Matrix<double> a, Matrix<double>? b) => Matrix<double>.Build.Dense(1, 1, Math.Log(a.Determinant()));

        public static (Matrix<double> A, Matrix<double>? B) Gradients(Matrix<double> a, Matrix<double>? b, Matrix<double> dy) => (dy[0, 0] * a.Inverse().Transpose(), null);
    }

    private readonly struct Exponential : IMatrixFunction
    {
        public static Matrix<double> Value(Matrix<double> a, Matrix<double>? b) => MatrixFunctions.Exponential(a);

        public static (Matrix<double> A, Matrix<double>? B) Gradients(Matrix<double> a, Matrix<double>? b, Matrix<double> dy)
        {
            var (n, turned) = (a.RowCount, a.Transpose());
            var block = Matrix<double>.Build.Dense(2 * n, 2 * n);
            block.SetSubMatrix(0, 0, turned);
            block.SetSubMatrix(n, n, turned);
            block.SetSubMatrix(0, n, dy);
            return (MatrixFunctions.Exponential(block).SubMatrix(0, n, n, n), null);
        }
    }
}

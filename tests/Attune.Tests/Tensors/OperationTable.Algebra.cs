using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.LinearAlgebra;

namespace Attune.Tests.Tensors;

/// <summary>Matrix functions and Fourier transforms.</summary>
internal static partial class OperationTable
{
    private static Dictionary<string, TestedOperation> Algebra() => new()
    {
        ["svd"] = new((g, x, c) =>
        {
            var (u, s, v) = MatrixFunctions.SingularValues(x[0], g.Persistent);
            Orthonormal(g, g.Transpose(u));
            Orthonormal(g, v);
            Others(c, g.Product(g.MultiplyRow(u, s), g.Transpose(v)), u, v);
            return s;
        }) { IsLoose = true, Free = [2, 3] },
        ["qr"] = new((g, x, c) =>
        {
            var (q, r) = MatrixFunctions.Orthogonal(x[0], g.Persistent);
            Orthonormal(g, g.Transpose(q));
            Others(c, g.Product(q, g.Transpose(r)), q, r);
            return g.Abs(r);
        }) { IsLoose = true, Free = [2, 3] },
        ["eigh"] = new((g, x, c) =>
        {
            var (values, v) = MatrixFunctions.Eigen(x[0], g.Persistent);
            Orthonormal(g, g.Transpose(v));
            Others(c, g.Product(g.MultiplyRow(v, values), v), v);
            return values;
        }) { IsLoose = true, Free = [2] },
        ["cholesky"] = new((g, x, _) => MatrixFunctions.Cholesky(x[0], g.Arena)) { IsLoose = true },
        ["solve"] = new((g, x, c) => g.Solve(x[0], x[1].Reshape(x[0].Rows, (int)x[1].Count / x[0].Rows))) { IsLoose = true },
        ["solve_triangular"] = new((g, x, c) => g.Solve(g.Add(g.Rearrange(x[0], ElementMap.Of(x[0].Rows, x[0].Rows).Lower()), Diagonal(g, x[0].Rows, 2)), x[1])) { IsLoose = true },
        ["inverse"] = new((g, x, _) => g.Inverse(x[0])) { IsLoose = true },
        ["determinant"] = new((g, x, _) => g.Determinant(x[0])) { IsLoose = true },
        ["log_determinant"] = new((g, x, _) => g.LogDeterminant(x[0])) { IsLoose = true },
        ["lstsq"] = new((g, x, _) => MatrixFunctions.LeastSquares(x[0], x[1], g.Arena)) { IsLoose = true },
        ["pseudo_inverse"] = new((g, x, c) => MatrixFunctions.PseudoInverse(x[0], g.Arena, c.Number("rtol", double.NaN))) { IsLoose = true },
        ["matrix_exp"] = new((g, x, _) => g.MatrixExponential(x[0])) { IsLoose = true },
        ["rfft"] = new((g, x, _) => g.RealFourier(x[0])) { IsLoose = true },
        ["fft"] = new((g, x, _) => g.Fourier(x[0])) { IsLoose = true },
        ["irfft"] = new((g, x, c) => g.InverseRealFourier(x[0].Reshape(1, (int)x[0].Count), (int)c.Number("n", 1))) { IsLoose = true },
    };

    private static void Others(OperationGolden c, params ReadOnlySpan<Tensor> outputs)
    {
        for (var i = 0; i < outputs.Length; i++)
            c.Others[i + 1] = outputs[i].Span.ToArray();
    }

    /// <summary>The rows have length 1 and stand at right angles.</summary>
    private static void Orthonormal(Graph g, Tensor rows)
    {
        var products = g.Product(rows, rows);
        for (var i = 0; i < rows.Rows; i++)
            for (var j = 0; j < rows.Rows; j++)
                Assert.Equal(i == j ? 1 : 0, products[i][j], 1e-5f);
    }

    private static Tensor Diagonal(Graph g, int size, float value)
    {
        var result = g.Arena.Zeros(size, size);
        for (var i = 0; i < size; i++)
            result[i][i] = value;
        return result;
    }
}

using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Attune.Tensors.LinearAlgebra;

/// <summary>Decompositions and functions of small matrices, computed in float64 and rounded once; on no hot path and without gradients.</summary>
public static class MatrixFunctions
{
    /// <summary>A = U·diag(S)·V, the singular values descending: [M, N] → U [M, k], S [1, k], V [k, N], k = min(M, N).</summary>
    public static (Tensor U, Tensor S, Tensor V) SingularValues(Tensor a, Arena memory)
    {
        var k = Math.Min(a.Rows, a.Columns);
        var svd = Read(a).Svd();
        return (Write(svd.U.SubMatrix(0, a.Rows, 0, k), memory), Write(Matrix<double>.Build.Dense(1, k, svd.S.ToArray()), memory), Write(svd.VT.SubMatrix(0, k, 0, a.Columns), memory));
    }

    /// <summary>A = Q·R with Qᵀ·Q = 1 and R upper triangular, by reflections (Householder 1958): [M, N] → Q [M, k], R [k, N], k = min(M, N).</summary>
    public static (Tensor Q, Tensor R) Orthogonal(Tensor a, Arena memory)
    {
        var (r, k) = (Read(a), Math.Min(a.Rows, a.Columns));
        var q = Matrix<double>.Build.DenseIdentity(a.Rows);
        for (var i = 0; i < Math.Min(k, a.Rows - 1); i++)
        {
            var v = r.Column(i, i, a.Rows - i);
            var length = v.L2Norm();
            if (length == 0)
                continue;
            v[0] += v[0] < 0 ? -length : length;
            v /= v.L2Norm();
            Reflect(r, v, i);
            Reflect(q, v, i);
        }
        return (Write(q.Transpose().SubMatrix(0, a.Rows, 0, k), memory), Write(r.SubMatrix(0, k, 0, a.Columns).UpperTriangle(), memory));
    }

    /// <summary>A = V·diag(λ)·Vᵀ of a symmetric A [N, N], eigenvalues ascending: λ [1, N], V [N, N].</summary>
    public static (Tensor Values, Tensor Vectors) Eigen(Tensor a, Arena memory)
    {
        Square("Eigen", a);
        var x = Read(a);
        var evd = ((x + x.Transpose()) / 2).Evd(Symmetricity.Symmetric);
        var order = Enumerable.Range(0, a.Rows).OrderBy(i => evd.EigenValues[i].Real).ToArray();
        var values = Matrix<double>.Build.Dense(1, a.Rows, (_, i) => evd.EigenValues[order[i]].Real);
        return (Write(values, memory), Write(Matrix<double>.Build.Dense(a.Rows, a.Rows, (r, c) => evd.EigenVectors[r, order[c]]), memory));
    }

    /// <summary>The lower triangular L with A = L·Lᵀ.</summary>
    /// <exception cref="ArgumentException">A is not positive definite.</exception>
    public static Tensor Cholesky(Tensor a, Arena memory)
    {
        Square("Cholesky", a);
        return Write(Read(a).Cholesky().Factor, memory);
    }

    /// <summary>The X with the least ‖A·X − B‖ and, among those, the least ‖X‖: A [M, N], B [M, K] → [N, K].</summary>
    public static Tensor LeastSquares(Tensor a, Tensor b, Arena memory) => Write(Inverse(Read(a), double.NaN) * Read(b), memory);

    /// <summary>Moore and Penrose's inverse: [M, N] → [N, M]; singular values up to <paramref name="relative"/> times the largest count as zero (NaN: the size times float32's ε).</summary>
    public static Tensor PseudoInverse(Tensor a, Arena memory, double relative = double.NaN) => Write(Inverse(Read(a), relative), memory);

    private static Matrix<double> Inverse(Matrix<double> a, double relative)
    {
        var (svd, k) = (a.Svd(), Math.Min(a.RowCount, a.ColumnCount));
        var limit = (double.IsNaN(relative) ? Math.Max(a.RowCount, a.ColumnCount) * Math.Pow(2, -23) : relative) * (k > 0 ? svd.S[0] : 0);
        var inverse = Matrix<double>.Build.Diagonal(k, k, i => svd.S[i] > limit ? 1 / svd.S[i] : 0);
        return svd.VT.SubMatrix(0, k, 0, a.ColumnCount).Transpose() * inverse * svd.U.SubMatrix(0, a.RowCount, 0, k).Transpose();
    }

    /// <summary>x ← (1 − 2·v·vᵀ)·x in the rows from <paramref name="first"/> on.</summary>
    private static void Reflect(Matrix<double> x, Vector<double> v, int first)
    {
        for (var c = 0; c < x.ColumnCount; c++)
        {
            var along = 0.0;
            for (var i = 0; i < v.Count; i++)
                along += v[i] * x[first + i, c];
            for (var i = 0; i < v.Count; i++)
                x[first + i, c] -= 2 * along * v[i];
        }
    }

    /// <summary>
    /// e^A by scaling and squaring (Moler and Van Loan 2003, method 3): A/2ˢ until its norm is below ½, twenty terms of the series, s squarings.
    /// </summary>
    internal static Matrix<double> Exponential(Matrix<double> a)
    {
        var halvings = 0;
        for (var norm = a.L1Norm(); norm > 0.5 && double.IsFinite(norm); norm /= 2)
            halvings++;
        var x = a * Math.Pow(2, -halvings);
        var (sum, term) = (Matrix<double>.Build.DenseIdentity(a.RowCount), Matrix<double>.Build.DenseIdentity(a.RowCount));
        for (var i = 1; i <= 20; i++)
        {
            term = term * x / i;
            sum += term;
        }
        for (; halvings > 0; halvings--)
            sum *= sum;
        return sum;
    }

    internal static Matrix<double> Read(Tensor a)
    {
        var result = DenseMatrix.Create(a.Rows, a.Columns, 0);
        for (var r = 0; r < a.Rows; r++)
            for (var c = 0; c < a.Columns; c++)
                result[r, c] = a[r][c];
        return result;
    }

    internal static void Square(string operation, Tensor a)
    {
        if (a.Rows != a.Columns)
            throw new ArgumentException($"{operation}: the matrix is {a}, expected a square one");
    }

    private static Tensor Write(Matrix<double> a, Arena memory)
    {
        var result = memory.Matrix(a.RowCount, a.ColumnCount);
        for (var r = 0; r < a.RowCount; r++)
            for (var c = 0; c < a.ColumnCount; c++)
                result[r][c] = (float)a[r, c];
        return result;
    }
}

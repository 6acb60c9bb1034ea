using MathNet.Numerics.LinearAlgebra;

namespace Attune.Reproductions;

/// <summary>Minimum-norm least squares, w = X⁺y, by Householder's QR (Golub and Van Loan, algorithm 5.2.1) of X or of its transpose.</summary>
public static class LeastSquares
{
    /// <summary>A diagonal entry of R below this share of the largest means that columns depend on each other.</summary>
    private const double RankTolerance = 1e-12;

    /// <summary>The w of least norm among those that minimise ‖Xw − y‖².</summary>
    /// <param name="x">[rows, columns], row after row.</param>
    /// <param name="y">[rows].</param>
    /// <returns>[columns]; zeros where there are no rows.</returns>
    public static double[] Solve(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int columns)
    {
        var rows = y.Length;
        if (x.Length != rows * columns)
            throw new ArgumentException($"LeastSquares: {x.Length} numbers are not {rows} rows of {columns}");
        if (rows == 0)
            return new double[columns];
        return (rows >= columns ? Tall(x, y, columns) : Wide(x, y, columns)) ?? ByPseudoInverse(x, y, columns);
    }

    /// <summary>X = QR: w = R⁻¹Qᵀy.</summary>
    private static double[]? Tall(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int columns)
    {
        var rows = y.Length;
        var a = x.ToArray();
        var b = y.ToArray();
        var diagonal = new double[columns];
        for (var k = 0; k < columns; k++)
        {
            diagonal[k] = Reflector(a, rows, columns, k);
            for (var j = k + 1; j < columns; j++)
                Reflect(a, rows, columns, k, a, columns, j);
            Reflect(a, rows, columns, k, b, 1, 0);
        }
        if (!HasFullRank(diagonal))
            return null;
        for (var k = columns - 1; k >= 0; k--)
        {
            for (var j = k + 1; j < columns; j++)
                b[k] -= a[k * columns + j] * b[j];
            b[k] /= diagonal[k];
        }
        return b[..columns];
    }

    /// <summary>Xᵀ = QR: w = Q·R⁻ᵀy.</summary>
    private static double[]? Wide(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int columns)
    {
        var rows = y.Length;
        var a = new double[columns * rows];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                a[j * rows + i] = x[i * columns + j];
        var diagonal = new double[rows];
        for (var k = 0; k < rows; k++)
        {
            diagonal[k] = Reflector(a, columns, rows, k);
            for (var j = k + 1; j < rows; j++)
                Reflect(a, columns, rows, k, a, rows, j);
        }
        if (!HasFullRank(diagonal))
            return null;
        var w = new double[columns];
        for (var k = 0; k < rows; k++)
        {
            w[k] = y[k];
            for (var j = 0; j < k; j++)
                w[k] -= a[j * rows + k] * w[j];
            w[k] /= diagonal[k];
        }
        for (var k = rows - 1; k >= 0; k--)
            Reflect(a, columns, rows, k, w, 1, 0);
        return w;
    }

    /// <summary>Puts the vector of the k-th reflection, scaled so that vᵀv = 2, into column k from row k on; returns R's diagonal entry.</summary>
    private static double Reflector(double[] a, int rows, int columns, int k)
    {
        var square = 0.0;
        for (var i = k; i < rows; i++)
            square += a[i * columns + k] * a[i * columns + k];
        var head = a[k * columns + k];
        var entry = head > 0 ? -Math.Sqrt(square) : Math.Sqrt(square);
        a[k * columns + k] = head - entry;
        // vᵀv = 2(‖x‖² + |x₀|‖x‖), without cancellation by the choice of sign.
        var scale = square == 0 ? 0 : 1 / Math.Sqrt(square + Math.Abs(head * entry));
        for (var i = k; i < rows; i++)
            a[i * columns + k] *= scale;
        return entry;
    }

    /// <summary>Column j of b ← (I − vvᵀ)·column, v being column k of a.</summary>
    private static void Reflect(double[] a, int rows, int columns, int k, double[] b, int bColumns, int j)
    {
        var dot = 0.0;
        for (var i = k; i < rows; i++)
            dot += a[i * columns + k] * b[i * bColumns + j];
        for (var i = k; i < rows; i++)
            b[i * bColumns + j] -= dot * a[i * columns + k];
    }

    private static bool HasFullRank(double[] diagonal)
    {
        var most = diagonal.Max(Math.Abs);
        return diagonal.All(d => Math.Abs(d) > RankTolerance * most);
    }

    private static double[] ByPseudoInverse(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int columns)
    {
        var matrix = Matrix<double>.Build.DenseOfRowMajor(y.Length, columns, x.ToArray());
        return matrix.PseudoInverse().Multiply(Vector<double>.Build.Dense(y.ToArray())).ToArray();
    }
}

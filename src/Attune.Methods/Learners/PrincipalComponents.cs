using Attune.Methods.Retrieval;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Methods.Learners;

/// <summary>
/// Principal components: the orthonormal directions of most variance around the mean. Found from the smaller of the covariance
/// [dimension, dimension] and the products of points [n, n], so few points of very many dimensions are cheap. Of the two signs
/// of a direction the one whose largest entry is positive is taken.
/// </summary>
public sealed class PrincipalComponents
{
    /// <summary>Variance below this share of the largest is rounding, not a direction.</summary>
    private const double LeastShare = 1e-12;

    private PrincipalComponents(double[] mean, double[][] components, double[] variances, double total) =>
        (Mean, Components, Variances, Ratios) = (mean, components, variances, [.. variances.Select(v => total == 0 ? 0 : v / total)]);

    public double[] Mean { get; }

    /// <summary>[count][dimension], most variance first.</summary>
    public double[][] Components { get; }

    /// <summary>Variance along each component, divided by n − 1.</summary>
    public double[] Variances { get; }

    /// <summary>Variance along each component as a share of all.</summary>
    public double[] Ratios { get; }

    /// <summary>At most <paramref name="count"/> components; fewer where the points span fewer dimensions.</summary>
    /// <param name="centre">False takes the directions around the origin in place of the mean.</param>
    public static PrincipalComponents Fit(PointSet points, int count, bool centre = true)
    {
        if (points.Count < 2)
            throw new ArgumentException($"principal components need at least 2 points, got {points.Count}");
        var mean = centre ? MeanOf(points) : new double[points.Dimension];
        var x = Matrix<double>.Build.Dense(points.Count, points.Dimension, (i, j) => points[i][j] - mean[j]);
        var tall = points.Count >= points.Dimension;
        var products = tall ? x.TransposeThisAndMultiply(x) : x.TransposeAndMultiply(x);
        var (values, vectors) = Eigen(products);
        var kept = values.TakeWhile(v => v > values[0] * LeastShare).Take(count).Count();
        var components = new double[kept][];
        for (var c = 0; c < kept; c++)
            components[c] = Direction(tall ? vectors.Column(vectors.ColumnCount - 1 - c) : x.TransposeThisAndMultiply(vectors.Column(vectors.ColumnCount - 1 - c)));
        var scale = 1.0 / (points.Count - 1);
        return new PrincipalComponents(mean, components, [.. values.Take(kept).Select(v => v * scale)], values.Sum() * scale);
    }

    /// <summary>Coordinates along the components; whitened they are divided by the standard deviations.</summary>
    public double[] Project(ReadOnlySpan<double> x, bool whiten = false)
    {
        var centred = x.ToArray();
        for (var j = 0; j < centred.Length; j++)
            centred[j] -= Mean[j];
        var result = new double[Components.Length];
        for (var c = 0; c < result.Length; c++)
            result[c] = VectorMeasures.Dot(centred, Components[c]) / (whiten ? Math.Sqrt(Variances[c]) : 1);
        return result;
    }

    /// <summary>The point of these coordinates (not whitened): mean + Σ zᵢ·componentᵢ.</summary>
    public double[] Reconstruct(ReadOnlySpan<double> coordinates)
    {
        var result = (double[])Mean.Clone();
        for (var c = 0; c < Components.Length; c++)
            for (var j = 0; j < result.Length; j++)
                result[j] += coordinates[c] * Components[c][j];
        return result;
    }

    private static double[] MeanOf(PointSet points)
    {
        var mean = new double[points.Dimension];
        for (var i = 0; i < points.Count; i++)
            for (var j = 0; j < mean.Length; j++)
                mean[j] += points[i][j];
        return Array.ConvertAll(mean, m => m / points.Count);
    }

    /// <summary>Eigenvalues, largest first and not below 0; eigenvectors as columns, largest last.</summary>
    private static (double[] Values, Matrix<double> Vectors) Eigen(Matrix<double> symmetric)
    {
        var evd = symmetric.Evd(Symmetricity.Symmetric);
        return ([.. evd.EigenValues.Select(v => Math.Max(0, v.Real)).Reverse()], evd.EigenVectors);
    }

    private static double[] Direction(Vector<double> vector)
    {
        var v = vector.ToArray();
        var largest = v.MaxBy(Math.Abs);
        var length = VectorMeasures.Length(v) * Math.Sign(largest);
        return Array.ConvertAll(v, e => e / length);
    }
}

using Attune.Methods.Retrieval;
using Attune.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Methods.Learners;

/// <summary>
/// Linear discriminant analysis (Fisher 1936): normal classes with one covariance Σ, the classes' own (divided by their counts) weighted by the priors;
/// ln p(c | x) = xᵀΣ⁺m − ½mᵀΣ⁺m + ln prior + constant, Σ⁺ the inverse or, where directions are empty, the pseudo-inverse.
/// </summary>
public sealed class LinearDiscriminant
{
    private readonly double[][] weights;
    private readonly double[] offsets;

    private LinearDiscriminant(double[][] means, double[] priors, double[][] weights, double[] offsets) => (Means, Priors, this.weights, this.offsets) = (means, priors, weights, offsets);

    /// <summary>Share of each class.</summary>
    public IReadOnlyList<double> Priors { get; }

    /// <summary>[classes][dimension].</summary>
    public IReadOnlyList<double[]> Means { get; }

    /// <param name="labels">The class of each point, from 0 to <paramref name="classes"/> − 1. Classes without points get probability 0.</param>
    /// <param name="share">s of (1 − s)·Σ + s·tr(Σ)/d·1 with a fixed shrinkage.</param>
    /// <exception cref="AttuneException">There are no points, or the share is outside [0, 1].</exception>
    public static LinearDiscriminant Fit(PointSet points, IReadOnlyList<int> labels, int classes, Shrinkage shrinkage = Shrinkage.None, double share = 0)
    {
        Check(points, labels, classes, share);
        var x = Matrix<double>.Build.Dense(points.Count, points.Dimension, (i, j) => points[i][j]);
        var (means, priors) = (new double[classes][], new double[classes]);
        var covariance = Matrix<double>.Build.Dense(points.Dimension, points.Dimension);
        for (var c = 0; c < classes; c++)
        {
            var own = Enumerable.Range(0, points.Count).Where(i => labels[i] == c).ToArray();
            priors[c] = own.Length / (double)points.Count;
            means[c] = new double[points.Dimension];
            if (own.Length == 0)
                continue;
            var rows = Matrix<double>.Build.DenseOfRows(own.Select(x.Row));
            means[c] = (rows.ColumnSums() / own.Length).ToArray();
            var centred = rows - Matrix<double>.Build.Dense(own.Length, points.Dimension, (_, j) => means[c][j]);
            covariance += priors[c] * Shrunk(centred, shrinkage, share);
        }
        var inverse = PseudoInverse(covariance);
        var weights = Array.ConvertAll(means, m => (inverse * Vector<double>.Build.Dense(m)).ToArray());
        return new LinearDiscriminant(means, priors, weights, [.. weights.Select((v, c) => Math.Log(priors[c]) - VectorMeasures.Dot(v, means[c]) / 2)]);
    }

    /// <summary>A probability for each class.</summary>
    public double[] Probabilities(ReadOnlySpan<double> x)
    {
        var scores = new double[offsets.Length];
        for (var c = 0; c < scores.Length; c++)
            scores[c] = offsets[c] + VectorMeasures.Dot(weights[c], x);
        var largest = scores.Max();
        var sum = 0.0;
        for (var c = 0; c < scores.Length; c++)
            sum += scores[c] = Math.Exp(scores[c] - largest);
        return Array.ConvertAll(scores, s => s / sum);
    }

    private static void Check(PointSet points, IReadOnlyList<int> labels, int classes, double share)
    {
        if (points.Count == 0)
            throw new AttuneException("linear discriminant analysis got no rows; give at least one labelled example (--shots 1)");
        if (labels.Count != points.Count || labels.Any(l => l < 0 || l >= classes))
            throw new ArgumentException($"{labels.Count} labels for {points.Count} points, each from 0 to {classes - 1}");
        if (!(share is >= 0 and <= 1))
            throw new AttuneException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the shrinkage is {share}; it must be between 0 and 1"));
    }

    private static Matrix<double> Shrunk(Matrix<double> centred, Shrinkage shrinkage, double share)
    {
        var d = centred.ColumnCount;
        if (shrinkage != Shrinkage.LedoitWolf)
            return Towards(centred.TransposeThisAndMultiply(centred) / centred.RowCount, shrinkage == Shrinkage.None ? 0 : share);
        var deviations = centred.PointwisePower(2).ColumnSums().Map(v => v > 0 ? Math.Sqrt(v / centred.RowCount) : 1);
        var standard = Matrix<double>.Build.Dense(centred.RowCount, d, (i, j) => centred[i, j] / deviations[j]);
        var shrunk = Towards(standard.TransposeThisAndMultiply(standard) / centred.RowCount, EstimatedShare(standard));
        return Matrix<double>.Build.Dense(d, d, (i, j) => deviations[i] * shrunk[i, j] * deviations[j]);
    }

    /// <summary>(1 − s)·Σ + s·tr(Σ)/d·1.</summary>
    private static Matrix<double> Towards(Matrix<double> covariance, double share) =>
        (1 - share) * covariance + share * covariance.Trace() / covariance.RowCount * Matrix<double>.Build.DenseIdentity(covariance.RowCount);

    /// <summary>
    /// Ledoit and Wolf's (2004, lemma 3.3) estimate of the share: what the covariance's entries vary by chance, Σ var/n, over what they differ from the target, at most 1.
    /// </summary>
    private static double EstimatedShare(Matrix<double> centred)
    {
        var (n, d) = (centred.RowCount, centred.ColumnCount);
        var covariance = centred.TransposeThisAndMultiply(centred) / n;
        var squares = centred.PointwisePower(2);
        var norm = covariance.PointwisePower(2).RowSums().Sum();
        var chance = (squares.TransposeThisAndMultiply(squares).RowSums().Sum() / n - norm) / n;
        var target = covariance.Trace() / d;
        var difference = norm - d * target * target;
        return chance <= 0 ? 0 : Math.Min(chance, difference) / difference;
    }

    private static Matrix<double> PseudoInverse(Matrix<double> symmetric)
    {
        var evd = symmetric.Evd(Symmetricity.Symmetric);
        var values = evd.EigenValues.Map(v => v.Real);
        var limit = values.AbsoluteMaximum() * 1e-12;
        return evd.EigenVectors * Matrix<double>.Build.Diagonal(values.Count, values.Count, i => values[i] > limit ? 1 / values[i] : 0) * evd.EigenVectors.Transpose();
    }
}

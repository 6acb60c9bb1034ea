using Attune.Methods.Retrieval;
using Attune.Tensors;

namespace Attune.Methods.Learners;

/// <summary>
/// Naive Bayes with a normal distribution for each feature and class: ln p(c | x) = ln prior + Σ ln N(xⱼ; mean, variance) + constant.
/// To each variance is added <c>smoothing</c> times the largest variance of a feature over all points. Classes without points have probability 0.
/// </summary>
public sealed class GaussianNaiveBayes
{
    private readonly double[][] means;
    private readonly double[][] variances;
    private readonly double[] priors;

    private GaussianNaiveBayes(double[][] means, double[][] variances, double[] priors) =>
        (this.means, this.variances, this.priors) = (means, variances, priors);

    /// <summary>Share of each class.</summary>
    public IReadOnlyList<double> Priors => priors;

    /// <summary>[classes][dimension].</summary>
    public IReadOnlyList<double[]> Means => means;

    /// <summary>[classes][dimension], divided by n, smoothed.</summary>
    public IReadOnlyList<double[]> Variances => variances;

    public static GaussianNaiveBayes Fit(PointSet points, IReadOnlyList<int> labels, int classes, double smoothing = 1e-9)
    {
        if (points.Count == 0)
            throw new AttuneException("naive Bayes got no rows; give at least one labelled example (--shots 1)");
        if (labels.Count != points.Count || labels.Any(l => l < 0 || l >= classes))
            throw new ArgumentException($"{labels.Count} labels for {points.Count} points, each from 0 to {classes - 1}");
        var all = Enumerable.Range(0, points.Count).ToArray();
        var added = smoothing * VarianceOf(points, all, MeanOf(points, all)).Max();
        var (means, variances, priors) = (new double[classes][], new double[classes][], new double[classes]);
        for (var c = 0; c < classes; c++)
        {
            var own = all.Where(i => labels[i] == c).ToArray();
            priors[c] = own.Length / (double)points.Count;
            means[c] = MeanOf(points, own);
            variances[c] = Array.ConvertAll(VarianceOf(points, own, means[c]), v => v + added);
        }
        return new GaussianNaiveBayes(means, variances, priors);
    }

    /// <summary>A probability for each class.</summary>
    public double[] Probabilities(ReadOnlySpan<double> x)
    {
        var scores = new double[priors.Length];
        for (var c = 0; c < scores.Length; c++)
            scores[c] = priors[c] == 0 ? double.NegativeInfinity : Math.Log(priors[c]) + LogDensity(x, means[c], variances[c]);
        var largest = scores.Max();
        var sum = 0.0;
        for (var c = 0; c < scores.Length; c++)
            sum += scores[c] = Math.Exp(scores[c] - largest);
        return Array.ConvertAll(scores, s => s / sum);
    }

    private static double LogDensity(ReadOnlySpan<double> x, double[] mean, double[] variance)
    {
        var sum = 0.0;
        for (var j = 0; j < x.Length; j++)
            // A feature that is the same in all points says nothing.
            if (variance[j] > 0)
                sum -= 0.5 * (Math.Log(2 * Math.PI * variance[j]) + (x[j] - mean[j]) * (x[j] - mean[j]) / variance[j]);
        return sum;
    }

    private static double[] MeanOf(PointSet points, int[] rows)
    {
        var mean = new double[points.Dimension];
        foreach (var i in rows)
            for (var j = 0; j < mean.Length; j++)
                mean[j] += points[i][j] / rows.Length;
        return mean;
    }

    private static double[] VarianceOf(PointSet points, int[] rows, double[] mean)
    {
        var variance = new double[points.Dimension];
        foreach (var i in rows)
            for (var j = 0; j < mean.Length; j++)
                variance[j] += (points[i][j] - mean[j]) * (points[i][j] - mean[j]) / rows.Length;
        return variance;
    }
}

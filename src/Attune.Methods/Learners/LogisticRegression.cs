using Attune.Methods.Retrieval;
using Attune.Tensors;

namespace Attune.Methods.Learners;

/// <summary>
/// Logistic regression: minimises ½‖W‖² + C·Σ sᵢ·(−ln p(yᵢ | xᵢ)), the bias not penalised, p the sigmoid for two classes that occur
/// (one row of weights) and the softmax otherwise (a row for each). Convex, so the optimum is unique; found by L-BFGS in float64.
/// </summary>
public static class LogisticRegression
{
    /// <param name="labels">The class of each point, from 0 to <paramref name="classes"/> − 1. Classes without points get probability 0.</param>
    /// <exception cref="AttuneException">There are no points, or C is not above 0.</exception>
    public static LinearClassifier Fit(PointSet points, IReadOnlyList<int> labels, int classes, LogisticRegressionOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new LogisticRegressionOptions();
        Check(points, labels, classes, options);
        var present = labels.Distinct().Order().ToArray();
        var (weights, bias) = present.Length == 1
            ? (new double[points.Dimension], new double[1])
            : Solve(points, labels.Select(l => Array.IndexOf(present, l)).ToArray(), present.Length, options, cancel);
        return Spread(weights, bias, present, classes, points.Dimension);
    }

    private static void Check(PointSet points, IReadOnlyList<int> labels, int classes, LogisticRegressionOptions options)
    {
        if (points.Count == 0)
            throw new AttuneException("logistic regression got no rows; give at least one labelled example (--shots 1)");
        if (labels.Count != points.Count)
            throw new ArgumentException($"{labels.Count} labels for {points.Count} points");
        if (labels.Any(l => l < 0 || l >= classes))
            throw new ArgumentException($"a label is outside 0 to {classes - 1}");
        if (!(options.C > 0) || !double.IsFinite(options.C))
            throw new AttuneException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"C is {options.C}; it must be above 0"));
    }

    /// <summary>W as [rows, dimension] and b, rows = 1 for two classes.</summary>
    private static (double[] Weights, double[] Bias) Solve(PointSet points, int[] labels, int classes, LogisticRegressionOptions options, CancellationToken cancel)
    {
        var rows = classes == 2 ? 1 : classes;
        var loss = new LogisticLoss(points, labels, rows, Shares(labels, classes, options), options.Intercept);
        var x = new double[(points.Dimension + (options.Intercept ? 1 : 0)) * rows];
        new LimitedMemoryBfgs(loss.Evaluate).Minimise(x, options.Tolerance * Math.Max(1, options.C) * points.Count, options.MostIterations, cancel);
        var weights = new double[rows * points.Dimension];
        for (var j = 0; j < points.Dimension; j++)
            for (var r = 0; r < rows; r++)
                weights[r * points.Dimension + j] = x[j * rows + r];
        var bias = options.Intercept ? x[(points.Dimension * rows)..] : new double[rows];
        // Only differences between the softmax's biases matter; of all equal solutions take the one of sum 0.
        var mean = rows > 1 ? bias.Average() : 0;
        return (weights, [.. bias.Select(b => b - mean)]);
    }

    /// <summary>C·sᵢ.</summary>
    private static double[] Shares(int[] labels, int classes, LogisticRegressionOptions options)
    {
        var counts = new int[classes];
        foreach (var label in labels)
            counts[label]++;
        return [.. labels.Select(l => options.C * (options.Balanced ? labels.Length / ((double)classes * counts[l]) : 1))];
    }

    /// <summary>Puts the rows of the classes that occurred in their places among all classes.</summary>
    private static LinearClassifier Spread(double[] weights, double[] bias, int[] present, int classes, int dimension)
    {
        var narrow = Array.ConvertAll(weights, w => (float)w);
        var shifts = Array.ConvertAll(bias, b => (float)b);
        if (present.Length == classes && classes > 1)
            return new LinearClassifier(narrow, shifts, classes);
        var all = new float[classes * dimension];
        var biases = new float[classes];
        Array.Fill(biases, float.NegativeInfinity);
        for (var i = 0; i < present.Length; i++)
        {
            // One row stands for two classes: the first then has zeros.
            var row = i - (present.Length - shifts.Length);
            biases[present[i]] = row < 0 ? 0 : shifts[row];
            if (row >= 0)
                narrow.AsSpan(row * dimension, dimension).CopyTo(all.AsSpan(present[i] * dimension));
        }
        return new LinearClassifier(all, biases, classes);
    }
}

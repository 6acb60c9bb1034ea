using Attune.Methods.Retrieval;
using Attune.Tensors;

namespace Attune.Methods.Learners;

/// <summary>
/// A linear support vector machine for two classes: minimises ½(‖w‖² + b²) + C·Σ max(1 − yᵢ(w·xᵢ + b), 0), or the squares of these, y = ±1; the bias is penalised too, as in
/// LIBLINEAR. Solved in the dual, one coordinate after another in order (Hsieh et al. 2008), until none can move.
/// </summary>
public sealed record SupportVectorMachine(double[] Weights, double Bias)
{
    private const double Tolerance = 1e-12;
    private const int MostRounds = 100_000;

    /// <param name="labels">0 or 1 for each point; 1 is the positive class.</param>
    /// <param name="c">C: what an example's loss costs.</param>
    /// <param name="squared">Whether the losses are squared.</param>
    /// <exception cref="AttuneException">There are no points, or C is not above 0.</exception>
    public static SupportVectorMachine Fit(PointSet points, IReadOnlyList<int> labels, double c = 1, bool squared = true, CancellationToken cancel = default)
    {
        if (points.Count == 0)
            throw new AttuneException("the support vector machine got no rows; give at least one labelled example (--shots 1)");
        if (labels.Count != points.Count || labels.Any(l => l is not (0 or 1)))
            throw new ArgumentException($"{labels.Count} labels for {points.Count} points, each 0 or 1");
        if (!(c > 0) || !double.IsFinite(c))
            throw new AttuneException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"C is {c}; it must be above 0"));
        var (weights, bias) = (new double[points.Dimension], 0.0);
        var multipliers = new double[points.Count];
        // Squares put 1/(2C) on the dual's diagonal and leave its variables unbounded.
        var (ridge, most) = squared ? (1 / (2 * c), double.PositiveInfinity) : (0, c);
        for (var round = 0; round < MostRounds; round++)
        {
            cancel.ThrowIfCancellationRequested();
            var largest = 0.0;
            for (var i = 0; i < points.Count; i++)
            {
                var x = points[i];
                var y = labels[i] == 1 ? 1 : -1;
                var slope = y * (VectorMeasures.Dot(weights, x) + bias) - 1 + ridge * multipliers[i];
                var next = Math.Clamp(multipliers[i] - slope / (VectorMeasures.Dot(x, x) + 1 + ridge), 0, most);
                var change = (next - multipliers[i]) * y;
                multipliers[i] = next;
                largest = Math.Max(largest, Math.Abs(change));
                bias += change;
                for (var j = 0; j < weights.Length; j++)
                    weights[j] += change * x[j];
            }
            if (largest <= Tolerance)
                break;
        }
        return new SupportVectorMachine(weights, bias);
    }

    /// <summary>w·x + b: above 0 speaks for class 1.</summary>
    public double Decision(ReadOnlySpan<double> x) => VectorMeasures.Dot(Weights, x) + Bias;
}

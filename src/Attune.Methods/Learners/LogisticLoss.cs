using System.Numerics;
using Attune.Methods.Retrieval;

namespace Attune.Methods.Learners;

/// <summary>
/// ½‖W‖² + Σ shareᵢ·(−ln p(yᵢ | xᵢ)) and its gradient. Parameters lie as [dimension (+ 1 for the bias), rows], so that the inner loops run
/// over classes, where entries do not meet: vectors of any width give the same bits.
/// </summary>
internal sealed class LogisticLoss(PointSet points, int[] labels, int rows, double[] shares, bool intercept)
{
    private readonly double[] scores = new double[rows];

    public double Evaluate(ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        var penalised = points.Dimension * rows;
        var value = 0.0;
        for (var i = 0; i < penalised; i++)
            value += 0.5 * parameters[i] * parameters[i];
        parameters[..penalised].CopyTo(gradient);
        gradient[penalised..].Clear();
        for (var i = 0; i < points.Count; i++)
        {
            Score(points[i], parameters);
            value += shares[i] * (rows == 1 ? Binary(labels[i]) : Multinomial(labels[i]));
            for (var r = 0; r < rows; r++)
                scores[r] *= shares[i];
            for (var j = 0; j < points.Dimension; j++)
                AddTo(gradient.Slice(j * rows, rows), points[i][j], scores);
            if (intercept)
                AddTo(gradient[penalised..], 1, scores);
        }
        return value;
    }

    private void Score(ReadOnlySpan<double> point, ReadOnlySpan<double> parameters)
    {
        if (intercept)
            parameters[(point.Length * rows)..].CopyTo(scores);
        else
            Array.Clear(scores);
        for (var j = 0; j < point.Length; j++)
            AddTo(scores, point[j], parameters.Slice(j * rows, rows));
    }

    /// <summary>−ln p of the label; leaves p − [label] in the scores.</summary>
    private double Binary(int label)
    {
        // ln(1 + e^z) without overflow.
        var z = label == 1 ? -scores[0] : scores[0];
        var loss = Math.Max(z, 0) + Log1P(Math.Exp(-Math.Abs(z)));
        scores[0] = 1 / (1 + Math.Exp(-scores[0])) - label;
        return loss;
    }

    private double Multinomial(int label)
    {
        var (largest, own, sum) = (scores.Max(), scores[label], 0.0);
        for (var r = 0; r < rows; r++)
            sum += scores[r] = Math.Exp(scores[r] - largest);
        for (var r = 0; r < rows; r++)
            scores[r] /= sum;
        scores[label] -= 1;
        return largest + Math.Log(sum) - own;
    }

    /// <summary>ln(1 + x) for x from 0 to 1, to full precision for small x.</summary>
    private static double Log1P(double x)
    {
        var rounded = 1 + x;
        return rounded == 1 ? x : Math.Log(rounded) * x / (rounded - 1);
    }

    private static void AddTo(Span<double> sum, double factor, ReadOnlySpan<double> x)
    {
        var i = 0;
        var wide = new Vector<double>(factor);
        for (; i <= sum.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(sum[i..]) + wide * new Vector<double>(x[i..])).CopyTo(sum[i..]);
        for (; i < sum.Length; i++)
            sum[i] += factor * x[i];
    }
}

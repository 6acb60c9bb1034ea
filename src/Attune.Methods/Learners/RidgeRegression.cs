using Attune.Methods.Retrieval;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Methods.Learners;

/// <summary>
/// Linear regression with a penalty: minimises ‖y − Xw − b‖² + α‖w‖², the bias not penalised. α = 0 is plain least squares, of least
/// norm where the points leave directions open. Solved by the singular values of the (centred) points.
/// </summary>
public sealed record RidgeRegression(double[] Weights, double Bias)
{
    /// <param name="targets">The number that belongs to each point.</param>
    public static RidgeRegression Fit(PointSet points, ReadOnlySpan<double> targets, double alpha, bool intercept = true)
    {
        if (points.Count == 0 || targets.Length != points.Count)
            throw new ArgumentException($"{targets.Length} targets for {points.Count} points; at least one of each is needed");
        ArgumentOutOfRangeException.ThrowIfNegative(alpha);
        var (mean, offset) = (new double[points.Dimension], 0.0);
        for (var i = 0; i < points.Count && intercept; i++)
        {
            offset += targets[i] / points.Count;
            for (var j = 0; j < mean.Length; j++)
                mean[j] += points[i][j] / points.Count;
        }
        var y = Vector<double>.Build.Dense(targets.ToArray()).Subtract(offset);
        var svd = Matrix<double>.Build.Dense(points.Count, points.Dimension, (i, j) => points[i][j] - mean[j]).Svd();
        // w = V·diag(s/(s² + α))·Uᵀy.
        var shares = svd.U.TransposeThisAndMultiply(y);
        var weights = new double[points.Dimension];
        for (var k = 0; k < svd.S.Count; k++)
            if (svd.S[k] > svd.S[0] * 1e-12)
                for (var j = 0; j < weights.Length; j++)
                    weights[j] += svd.VT[k, j] * shares[k] * svd.S[k] / (svd.S[k] * svd.S[k] + alpha);
        return new RidgeRegression(weights, offset - VectorMeasures.Dot(weights, mean));
    }

    public double Predict(ReadOnlySpan<double> x) => VectorMeasures.Dot(Weights, x) + Bias;
}

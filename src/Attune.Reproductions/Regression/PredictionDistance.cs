namespace Attune.Reproductions;

/// <summary>How far two predictors are apart (Akyürek et al. 2023, section 4.1).</summary>
public static class PredictionDistance
{
    /// <summary>The squared prediction difference by position: mean over sequences of (a − b)².</summary>
    /// <param name="a">[sequences][length].</param>
    public static double[] ByPosition(IReadOnlyList<double[]> a, IReadOnlyList<double[]> b)
    {
        var distance = new double[a[0].Length];
        for (var s = 0; s < a.Count; s++)
            for (var i = 0; i < distance.Length; i++)
                distance[i] += (a[s][i] - b[s][i]) * (a[s][i] - b[s][i]) / a.Count;
        return distance;
    }

    /// <summary>The implicit linear weights of a predictor: the least-squares fit of its own predictions at fresh inputs.</summary>
    /// <param name="inputs">[count, dimensions].</param>
    /// <param name="predictions">[count].</param>
    /// <param name="fit">R², the share of the predictions' square that the linear map explains.</param>
    public static double[] ImplicitWeights(ReadOnlySpan<double> inputs, ReadOnlySpan<double> predictions, int dimensions, out double fit)
    {
        var w = LeastSquares.Solve(inputs, predictions, dimensions);
        var (left, whole) = (0.0, 0.0);
        for (var i = 0; i < predictions.Length; i++)
        {
            var error = predictions[i] - LinearRegressor.Dot(w, inputs.Slice(i * dimensions, dimensions));
            (left, whole) = (left + error * error, whole + predictions[i] * predictions[i]);
        }
        fit = whole == 0 ? 1 : 1 - (left / whole);
        return w;
    }

    /// <summary>‖a − b‖².</summary>
    public static double OfWeights(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}

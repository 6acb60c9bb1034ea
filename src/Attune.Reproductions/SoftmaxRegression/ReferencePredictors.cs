namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>Predictors that need no training, of one sequence of a batch at a time, in float64.</summary>
public static class ReferencePredictors
{
    /// <summary>x_q·(XXᵀ + σ²d·I)⁻¹Xy: the mean of the posterior, so no predictor has a smaller expected error.</summary>
    public static double Ridge(RegressionBatch batch, int sequence)
    {
        var setting = batch.Setting;
        var (x, y) = (new double[setting.Length * setting.Dimension], new double[setting.Length]);
        for (var l = 0; l < setting.Length; l++)
        {
            var z = Token(batch, sequence, l);
            for (var i = 0; i < setting.Dimension; i++)
                x[l * setting.Dimension + i] = z[i];
            y[l] = z[^1];
        }
        double[] query = [.. batch.Queries[sequence][..^1].ToArray().Select(v => (double)v)];
        return new RidgeRegressor(setting.Noise * setting.Dimension).Predict(x, y, query);
    }

    /// <summary>(1/L) Σ_l y_l x_l·x_q: one step of gradient descent from 0, of step 1.</summary>
    public static double GradientStep(RegressionBatch batch, int sequence) => Moments(batch, sequence).Product;

    /// <summary>(1/L) Σ_l y_l (x_l − x̄)·x_q: the same with the mean of the x_l taken away.</summary>
    public static double DebiasedStep(RegressionBatch batch, int sequence)
    {
        var (product, y, x) = Moments(batch, sequence);
        return product - y * x;
    }

    /// <summary>Σ_h μ_h Σ_l y_l softmax_l(ω_h x_l·x_q): what heads with ideal circuits compute.</summary>
    public static double Heads(RegressionBatch batch, int sequence, ReadOnlySpan<double> omega, ReadOnlySpan<double> mu)
    {
        var y = 0.0;
        for (var h = 0; h < omega.Length; h++)
        {
            var (sum, weighted, max) = (0.0, 0.0, double.NegativeInfinity);
            for (var l = 0; l < batch.Setting.Length; l++)
                max = Math.Max(max, omega[h] * Similarity(batch, sequence, l));
            for (var l = 0; l < batch.Setting.Length; l++)
            {
                var e = Math.Exp(omega[h] * Similarity(batch, sequence, l) - max);
                sum += e;
                weighted += e * Token(batch, sequence, l)[^1];
            }
            y += mu[h] * weighted / sum;
        }
        return y;
    }

    /// <summary>The means over the context of y·(x·x_q), of y, and of x·x_q.</summary>
    private static (double Product, double Y, double X) Moments(RegressionBatch batch, int sequence)
    {
        var (product, y, x) = (0.0, 0.0, 0.0);
        for (var l = 0; l < batch.Setting.Length; l++)
        {
            var similarity = Similarity(batch, sequence, l);
            var target = Token(batch, sequence, l)[^1];
            (product, y, x) = (product + similarity * target, y + target, x + similarity);
        }
        var n = batch.Setting.Length;
        return (product / n, y / n, x / n);
    }

    private static double Similarity(RegressionBatch batch, int sequence, int l)
    {
        Span<float> z = Token(batch, sequence, l), query = batch.Queries[sequence];
        var sum = 0.0;
        for (var i = 0; i < batch.Setting.Dimension; i++)
            sum += (double)z[i] * query[i];
        return sum;
    }

    private static Span<float> Token(RegressionBatch batch, int sequence, int l) => batch.Tokens[sequence * batch.Setting.Length + l];
}

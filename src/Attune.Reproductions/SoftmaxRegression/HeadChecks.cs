using Attune.Tensors;
using Attune.Tensors.Autograd;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>What must hold of heads on linear regression at any scale: each is an error that ought to be next to nothing.</summary>
public static class HeadChecks
{
    private const int Sequences = 64;

    /// <summary>
    /// |e(w)/e(w/2) / 4 − 1| with e(w) the largest distance of two heads ±w, ±m (2wm = 1) from a debiased step of size 1: they agree to second order in w.
    /// </summary>
    public static double DebiasedOrder(RegressionSetting setting, SeededRandom random)
    {
        using var batch = Drawn(setting, random);
        double Distance(double w) => Enumerable.Range(0, Sequences)
            .Max(s => Math.Abs(ReferencePredictors.Heads(batch, s, [w, -w], [0.5 / w, -0.5 / w]) - ReferencePredictors.DebiasedStep(batch, s)));
        return Math.Abs(Distance(2e-3) / Distance(1e-3) / 4 - 1);
    }

    /// <summary>The largest distance of a net with plugged circuits from the formula of its heads.</summary>
    public static double PluggedNet(RegressionSetting setting, SeededRandom random)
    {
        using var batch = Drawn(setting, random);
        var y = Predict(batch, [0.4, -0.3], [1.2, -0.8], random);
        return Enumerable.Range(0, Sequences).Max(s => Math.Abs(y[s] - ReferencePredictors.Heads(batch, s, [0.4, -0.3], [1.2, -0.8])));
    }

    /// <summary>How far predictions of heads move from ŷ + c·Σμ when c is added to every y of the context: 0, so with Σμ = 0 they do not move.</summary>
    public static double Shift(RegressionSetting setting, double[] omega, double[] mu, float c, SeededRandom random)
    {
        using var batch = Drawn(setting, random);
        var before = Predict(batch, omega, mu, random);
        for (var row = 0; row < batch.Tokens.Rows; row++)
            batch.Tokens[row][^1] += c;
        var after = Predict(batch, omega, mu, random);
        return before.Zip(after, (b, a) => Math.Abs(a - b - c * mu.Sum())).Max();
    }

    /// <summary>How far predictions of random heads move when the context is turned around: not at all but for rounding.</summary>
    public static double Permutation(RegressionSetting setting, SeededRandom random)
    {
        using var batch = Drawn(setting, random);
        using var bank = new HeadBank(setting.Token, [3], softmax: true, random);
        var before = Predict(bank, batch);
        for (var s = 0; s < batch.Count; s++)
            for (int i = 0, j = setting.Length - 1; i < j; i++, j--)
                for (var c = 0; c < setting.Token; c++)
                    (batch.Tokens[s * setting.Length + i][c], batch.Tokens[s * setting.Length + j][c]) = (batch.Tokens[s * setting.Length + j][c], batch.Tokens[s * setting.Length + i][c]);
        return before.Zip(Predict(bank, batch), (b, a) => Math.Abs(a - b)).Max();
    }

    /// <summary>The largest distance of the gradient of <see cref="ApproximateLoss"/> from central differences, of random heads.</summary>
    public static double LossGradient(RegressionSetting setting, SeededRandom random)
    {
        const double Step = 1e-5;
        var (omega, mu) = (Draw(), Draw());
        var (byOmega, byMu) = ApproximateLoss.Gradient(setting, omega, mu);
        var error = 0.0;
        for (var h = 0; h < omega.Count; h++)
        {
            var unit = Vector<double>.Build.Dense(omega.Count, i => i == h ? Step : 0);
            var slope = (ApproximateLoss.Of(setting, omega + unit, mu) - ApproximateLoss.Of(setting, omega - unit, mu)) / (2 * Step);
            error = Math.Max(error, Math.Abs(slope - byOmega[h]));
            slope = (ApproximateLoss.Of(setting, omega, mu + unit) - ApproximateLoss.Of(setting, omega, mu - unit)) / (2 * Step);
            error = Math.Max(error, Math.Abs(slope - byMu[h]));
        }
        return error;

        Vector<double> Draw() => Vector<double>.Build.Dense(3, _ => 0.5 * random.NextNormal());
    }

    /// <summary>The largest entry of ∂L̃/∂μ at μ*.</summary>
    public static double GradientAtBestMu(RegressionSetting setting, SeededRandom random)
    {
        var omega = Vector<double>.Build.Dense(2, _ => 0.5 * random.NextNormal());
        return ApproximateLoss.Gradient(setting, omega, ApproximateLoss.BestMu(setting, omega)).Mu.AbsoluteMaximum();
    }

    /// <summary>The least L̃ of two heads less that of one, which must be below 0.</summary>
    public static double LeastOfTwoOverOne(RegressionSetting setting) => ApproximateLoss.Least(setting, two: true).Loss - ApproximateLoss.Least(setting, two: false).Loss;

    private static RegressionBatch Drawn(RegressionSetting setting, SeededRandom random)
    {
        var batch = new RegressionBatch(setting, Sequences);
        batch.Draw(new NormalStream(random));
        return batch;
    }

    private static double[] Predict(RegressionBatch batch, double[] omega, double[] mu, SeededRandom random)
    {
        using var bank = new HeadBank(batch.Setting.Token, [omega.Length], softmax: true, random);
        bank.Plug(omega, mu);
        return Predict(bank, batch);
    }

    private static double[] Predict(HeadBank bank, RegressionBatch batch)
    {
        using var graph = new Graph(recording: false);
        return [.. bank.Predict(graph, batch).Span.ToArray().Select(v => (double)v)];
    }
}

using MathNet.Numerics.LinearAlgebra;

namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>
/// The paper's approximation of the loss of heads with ideal circuits: L̃(ω, μ) = 1 + σ² − 2μ·ω + μᵀMμ with
/// M = ωωᵀ + (1+σ²)/L·exp∘(d·ωωᵀ), exp taken of each entry.
/// </summary>
public static class ApproximateLoss
{
    public static double Of(RegressionSetting setting, Vector<double> omega, Vector<double> mu) =>
        1 + setting.Noise - 2 * mu.DotProduct(omega) + mu.DotProduct(Curvature(setting, omega) * mu);

    /// <summary>∂μ = −2ω + 2Mμ and ∂ω = −2μ + 2(μ·ω)μ + (2d(1+σ²)/L)(exp∘(dωωᵀ) ⊙ μμᵀ)ω.</summary>
    public static (Vector<double> Omega, Vector<double> Mu) Gradient(RegressionSetting setting, Vector<double> omega, Vector<double> mu)
    {
        var byMu = 2 * (Curvature(setting, omega) * mu - omega);
        var spread = 2 * setting.Dimension * (1 + setting.Noise) / setting.Length;
        var byOmega = -2 * mu + 2 * mu.DotProduct(omega) * mu + spread * (Exponentials(setting, omega).PointwiseMultiply(mu.OuterProduct(mu)) * omega);
        return (byOmega, byMu);
    }

    /// <summary>μ* = M⁻¹ω: the best μ for a given ω.</summary>
    public static Vector<double> BestMu(RegressionSetting setting, Vector<double> omega) => Curvature(setting, omega).Solve(omega);

    /// <summary>The least L̃ of one head, or of two with ω and −ω, over a grid of ω in (0, 2].</summary>
    public static (double Omega, double Loss) Least(RegressionSetting setting, bool two)
    {
        var best = (Omega: 0.0, Loss: double.PositiveInfinity);
        for (var i = 1; i <= 400; i++)
        {
            var omega = Vector<double>.Build.Dense(two ? [i * 0.005, -i * 0.005] : [i * 0.005]);
            var loss = Of(setting, omega, BestMu(setting, omega));
            if (loss < best.Loss)
                best = (i * 0.005, loss);
        }
        return best;
    }

    private static Matrix<double> Curvature(RegressionSetting setting, Vector<double> omega) =>
        omega.OuterProduct(omega) + (1 + setting.Noise) / setting.Length * Exponentials(setting, omega);

    private static Matrix<double> Exponentials(RegressionSetting setting, Vector<double> omega) =>
        omega.OuterProduct(omega).Map(v => Math.Exp(setting.Dimension * v));
}

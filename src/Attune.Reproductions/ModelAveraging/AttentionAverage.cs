using MathNet.Numerics.LinearAlgebra;

namespace Attune.Reproductions.ModelAveraging;

/// <summary>
/// Attention as averaging (arXiv 2305.19420, section 4.1): with v_t = z·φ(k_t) + ξ_t, z ~ N(0, λI) and ξ ~ N(0, σ²I) the posterior mean of the value at a query is
/// attn†(q, K, V) = Vᵀ·(κ(K, K) + (σ²/λ)·I)⁻¹·κ(K, q), κ being the kernel of φ.
/// </summary>
internal static class AttentionAverage
{
    /// <summary>attn†: keys [T][k], values [T], kernel κ(k, q), <paramref name="ratio"/> = σ²/λ.</summary>
    public static double Ridge(double[][] keys, double[] values, double[] query, Func<double[], double[], double> kernel, double ratio)
    {
        var gram = Matrix<double>.Build.Dense(keys.Length, keys.Length, (i, j) => kernel(keys[i], keys[j]) + (i == j ? ratio : 0));
        var near = Vector<double>.Build.Dense(keys.Length, i => kernel(keys[i], query));
        return gram.Solve(near).DotProduct(Vector<double>.Build.Dense(values));
    }

    /// <summary>Softmax attention: Σ v_t·exp(k_t·q/τ) / Σ exp(k_t·q/τ).</summary>
    public static double Softmax(double[][] keys, double[] values, double[] query, double temperature) =>
        LinearRegressor.Dot(LogWeights.Normalised([.. keys.Select(k => Inner(k, query) / temperature)]), values);

    /// <summary>The linear kernel k·q.</summary>
    public static double Inner(double[] a, double[] b) => LinearRegressor.Dot(a, b);
}

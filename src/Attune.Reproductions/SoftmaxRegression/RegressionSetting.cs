namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>Noisy linear regression: x ~ N(0, I_d), β ~ N(0, I_d/d), y = β·x + ε with ε ~ N(0, σ²), in the context as in the target.</summary>
/// <param name="Dimension">d.</param>
/// <param name="Length">L, examples in the context.</param>
/// <param name="Noise">σ², a variance.</param>
public sealed record RegressionSetting(int Dimension, int Length, double Noise)
{
    /// <summary>Numbers of a token (x, y): d + 1.</summary>
    public int Token => Dimension + 1;
}

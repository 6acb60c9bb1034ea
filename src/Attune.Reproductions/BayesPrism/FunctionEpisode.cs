namespace Attune.Reproductions.BayesPrism;

/// <summary>A function of a family and points on it.</summary>
/// <param name="Component">Which component of the prior its weights came from.</param>
/// <param name="Weights">w, [features].</param>
/// <param name="Inputs">x, point after point, [points · inputs].</param>
/// <param name="Values">f(x) without noise, [points].</param>
/// <param name="Noisy">y, what a learner sees, [points].</param>
internal sealed record FunctionEpisode(int Component, double[] Weights, double[] Inputs, double[] Values, double[] Noisy)
{
    public int Points => Values.Length;

    /// <summary>The coordinates of point <paramref name="i"/>.</summary>
    public ReadOnlySpan<double> Input(int i) => Inputs.AsSpan(i * (Inputs.Length / Points), Inputs.Length / Points);
}

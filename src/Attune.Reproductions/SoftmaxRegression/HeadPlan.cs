namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>What is trained, and how long.</summary>
/// <param name="Sizes">Numbers of heads, ascending.</param>
/// <param name="Starts">Initial weights for each number of heads, and for linear attention; all are trained.</param>
/// <param name="PeakRate">Adam's rate in the first half; it falls along a cosine to a hundredth in the second.</param>
public sealed record HeadPlan(RegressionSetting Task, IReadOnlyList<int> Sizes, int Starts, int Steps, int Batch, double PeakRate)
{
    /// <summary>What is left of the rate at the end: batches are small, and the noise of their gradients would blur the circuits.</summary>
    private const double Least = 0.01;

    /// <summary>Heads of each softmax net, start after start.</summary>
    public IReadOnlyList<int> Heads => [.. Sizes.SelectMany(heads => Enumerable.Repeat(heads, Starts))];

    /// <summary>The rate of a step, from 0.</summary>
    public double Rate(int step)
    {
        var fallen = Math.Max(0, 2.0 * step / Steps - 1);
        return PeakRate * (Least + (1 - Least) * (1 + Math.Cos(Math.PI * fallen)) / 2);
    }
}

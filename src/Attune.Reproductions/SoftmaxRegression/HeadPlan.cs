namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>What is trained, and how long.</summary>
/// <param name="Heads">Heads of each softmax net; a number that stands there again is the same net from other initial weights.</param>
/// <param name="PeakRate">Adam's rate in the first half; it falls along a cosine to a hundredth in the second.</param>
public sealed record HeadPlan(RegressionSetting Task, IReadOnlyList<int> Heads, int Steps, int Batch, double PeakRate)
{
    /// <summary>What is left of the rate at the end: batches are small, and the noise of their gradients would blur the circuits.</summary>
    private const double Least = 0.01;

    /// <summary>The numbers of heads, each once, ascending.</summary>
    public IReadOnlyList<int> Sizes => [.. Heads.Distinct().Order()];

    /// <summary>The rate of a step, from 0.</summary>
    public double Rate(int step)
    {
        var fallen = Math.Max(0, 2.0 * step / Steps - 1);
        return PeakRate * (Least + (1 - Least) * (1 + Math.Cos(Math.PI * fallen)) / 2);
    }
}

namespace Attune.Reproductions;

/// <summary>What a scale of S187 runs.</summary>
/// <param name="Depths">Blocks of the learners, ascending; noise and probes take the deepest.</param>
/// <param name="Noises">σ² of the tasks (τ = 1), the first of them 0.</param>
/// <param name="TestSequences">Sequences that distances are means over.</param>
/// <param name="ProbeSteps">Steps of a probe's training.</param>
internal sealed record AlgorithmSizes(int Dimensions, int Pairs, int Width, int Heads, int[] Depths, double[] Noises, int Steps, int Batch, double Rate, int TestSequences, int ProbeSteps, int ProbeWidth)
{
    public static AlgorithmSizes Of(ReproductionContext context) => context.At(
        new AlgorithmSizes(2, 4, 16, 2, [1, 2], [0, 1], Steps: 60, Batch: 16, Rate: 3e-3, TestSequences: 50, ProbeSteps: 20, ProbeWidth: 16),
        new AlgorithmSizes(3, 8, 32, 4, [1, 2, 4], [0, 0.25, 1], Steps: 3000, Batch: 64, Rate: 3e-3, TestSequences: 1000, ProbeSteps: 1000, ProbeWidth: 64),
        new AlgorithmSizes(8, 16, 64, 4, [1, 2, 4, 8], [0, 0.0625, 0.25, 1], Steps: 30_000, Batch: 64, Rate: 1e-3, TestSequences: 2000, ProbeSteps: 2000, ProbeWidth: 512));

    public int Deepest => Depths[^1];

    /// <summary>λ of the ridge regressions that learners under noise are compared with: each σ² and what lies beside it.</summary>
    public double[] Lambdas => [.. Noises.Append(0.05).Append(2).Distinct().Order()];

    public InContextRegression Task(double noiseVariance = 0) => new(Dimensions, Pairs, Math.Sqrt(noiseVariance));
}

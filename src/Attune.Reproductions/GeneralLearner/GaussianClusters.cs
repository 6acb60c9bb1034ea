using Attune.Tensors;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>A round cluster for each class: x = μ_c + σ·ε, with μ_c and ε of independent standard normal numbers.</summary>
internal sealed class GaussianClusters : IBaseData
{
    private readonly double[][] means;
    private readonly double deviation;

    /// <param name="deviation">σ.</param>
    public GaussianClusters(int classes, int inputs, double deviation, SeededRandom random)
    {
        (Inputs, this.deviation) = (inputs, deviation);
        means = [.. Enumerable.Range(0, classes).Select(_ => Normals.Vector(inputs, random))];
    }

    public int Inputs { get; }

    public int Classes => means.Length;

    public int Draw(SeededRandom random, Span<double> x)
    {
        var label = random.Next(Classes);
        for (var i = 0; i < Inputs; i++)
            x[i] = means[label][i] + deviation * random.NextNormal();
        return label;
    }
}

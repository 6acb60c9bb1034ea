using Attune.Tensors;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>
/// A bent thread for each class, as far from round clusters as may be: x = m_c + cos θ·u_c + sin θ·v_c + σ·ε with θ uniform over a third of a turn; m_c, u_c and v_c of
/// independent standard normal numbers.
/// </summary>
internal sealed class ArcClasses : IBaseData
{
    private const double Turn = 2 * Math.PI / 3;

    private readonly (double[] Middle, double[] U, double[] V)[] arcs;
    private readonly double deviation;

    /// <param name="deviation">σ.</param>
    public ArcClasses(int classes, int inputs, double deviation, SeededRandom random)
    {
        (Inputs, this.deviation) = (inputs, deviation);
        arcs = [.. Enumerable.Range(0, classes).Select(_ => (Normals.Vector(inputs, random), Normals.Vector(inputs, random), Normals.Vector(inputs, random)))];
    }

    public int Inputs { get; }

    public int Classes => arcs.Length;

    public int Draw(SeededRandom random, Span<double> x)
    {
        var label = random.Next(Classes);
        var (middle, u, v) = arcs[label];
        var (sin, cos) = Math.SinCos(Turn * random.NextDouble());
        for (var i = 0; i < Inputs; i++)
            x[i] = middle[i] + cos * u[i] + sin * v[i] + deviation * random.NextNormal();
        return label;
    }
}

using Attune.Tensors;

namespace Attune.Reproductions.GeneralLearner;

internal static class Normals
{
    /// <summary>Independent standard normal numbers.</summary>
    public static double[] Vector(int count, SeededRandom random) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
}

using Attune.Tensors;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>What makes a task of base data: x = A·x̄ with A's entries from N(0, 1/n), and y = ρ(ȳ) with a permutation ρ (Kirsch et al. 2022, section 3).</summary>
/// <param name="Projection">A, row after row [n, n]; empty: the identity.</param>
/// <param name="Names">ρ: class → label.</param>
internal sealed record TransformedTask(double[] Projection, int[] Names)
{
    public static TransformedTask Draw(int inputs, int classes, SeededRandom random)
    {
        var projection = Normals.Vector(inputs * inputs, random);
        for (var i = 0; i < projection.Length; i++)
            projection[i] /= Math.Sqrt(inputs);
        return new TransformedTask(projection, Permutation(classes, random));
    }

    /// <summary>Task number <paramref name="index"/> of an endless list: a function of the generator's seed and the number.</summary>
    public static TransformedTask Numbered(long index, int inputs, int classes, SeededRandom random) => Draw(inputs, classes, random.Fork(FormattableString.Invariant($"task {index}")));

    /// <summary>The data as they are.</summary>
    public static TransformedTask Plain(int classes) => new([], [.. Enumerable.Range(0, classes)]);

    public static int[] Permutation(int count, SeededRandom random)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle<int>(order);
        return order;
    }

    /// <summary>x = A·x̄.</summary>
    public void Transform(ReadOnlySpan<double> example, Span<float> x)
    {
        for (var i = 0; i < example.Length; i++)
        {
            var sum = Projection.Length == 0 ? example[i] : 0;
            for (var j = 0; j < example.Length && Projection.Length > 0; j++)
                sum += Projection[i * example.Length + j] * example[j];
            x[i] = (float)sum;
        }
    }
}

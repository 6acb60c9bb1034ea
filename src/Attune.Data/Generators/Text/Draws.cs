using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>Small draws that generators share.</summary>
internal static class Draws
{
    public static T Pick<T>(this SeededRandom random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public static bool Chance(this SeededRandom random, double probability) => random.NextDouble() < probability;

    /// <summary>Uniform in [low, high], both included.</summary>
    public static int Between(this SeededRandom random, int low, int high) => low + random.Next(high - low + 1);

    /// <summary>Some of the items, each at most once, in random order.</summary>
    public static T[] Some<T>(this SeededRandom random, IReadOnlyList<T> items, int count)
    {
        T[] all = [.. items];
        random.Shuffle<T>(all);
        return all[..Math.Min(count, all.Length)];
    }

    /// <summary>An index with these weights, which need not sum to one.</summary>
    public static int Weighted(this SeededRandom random, ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var w in weights)
            sum += w;
        var left = random.NextDouble() * sum;
        for (var i = 0; i < weights.Length - 1; i++)
        {
            left -= weights[i];
            if (left < 0)
                return i;
        }

        return weights.Length - 1;
    }
}

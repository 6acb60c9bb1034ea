using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>Token ids without meaning: how long a work takes does not depend on what a text says.</summary>
internal static class BenchTokens
{
    public static int[] Draw(ulong seed, string purpose, int count, int vocabulary)
    {
        var random = new SeededRandom(seed).Fork("bench " + purpose);
        var ids = new int[count];
        foreach (ref var id in ids.AsSpan())
            id = random.Next(vocabulary);
        return ids;
    }
}

using System.Numerics;

namespace Attune.Tensors;

/// <summary>
/// A generator whose numbers depend on the seed alone, on every machine and version: xoshiro256** (Blackman and Vigna 2018),
/// its state filled from the seed by splitmix64. <see cref="Fork"/> gives independent streams by name, so that adding
/// a draw in one place leaves the others as they were.
/// </summary>
public sealed class SeededRandom
{
    private readonly ulong seed;
    private ulong s0, s1, s2, s3;

    public SeededRandom(ulong seed)
    {
        this.seed = seed;
        var x = seed;
        (s0, s1, s2, s3) = (SplitMix(ref x), SplitMix(ref x), SplitMix(ref x), SplitMix(ref x));
    }

    /// <summary>A stream of its own for <paramref name="purpose"/>: a function of this generator's seed and the name only.</summary>
    public SeededRandom Fork(string purpose)
    {
        // FNV-1a over the UTF-16 units; the hash of System.String differs from run to run.
        var hash = 14695981039346656037UL;
        foreach (var c in purpose)
            hash = (hash ^ c) * 1099511628211UL;
        var x = seed ^ hash;
        return new SeededRandom(SplitMix(ref x));
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="limit"/>), without modulo bias.</summary>
    public int Next(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var bound = (ulong)limit;
        var reject = (0 - bound) % bound;
        while (true)
        {
            var high = Math.BigMul(NextUInt64(), bound, out var low);
            if (low >= reject)
                return (int)high;
        }
    }

    /// <summary>Standard normal, by Box and Muller's transform; one value a call.</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Fisher and Yates's shuffle in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong SplitMix(ref ulong x)
    {
        x += 0x9E3779B97F4A7C15UL;
        var z = x;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

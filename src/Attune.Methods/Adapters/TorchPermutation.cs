namespace Attune.Methods.Adapters;

/// <summary>
/// Random places as PyTorch draws them on a CPU from a seed: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998) and the first swaps of Fisher and
/// Yates. Adapters that save the seed instead of the places need the same ones.
/// </summary>
internal static class TorchPermutation
{
    private const int Words = 624, Middle = 397;

    /// <summary>From here on PyTorch draws 64 bits for each swap.</summary>
    public const long MostElements = uint.MaxValue / 20;

    /// <summary>The first <paramref name="count"/> of randperm(n) with a generator of that seed.</summary>
    public static int[] First(long seed, int n, int count)
    {
        using var random = Numbers(unchecked((uint)seed)).GetEnumerator();
        var moved = new Dictionary<int, int>();
        var first = new int[count];
        for (var i = 0; i < count; i++)
        {
            first[i] = moved.GetValueOrDefault(i, i);
            // The last place has nothing to be swapped with.
            if (i >= n - 1 || !random.MoveNext())
                continue;
            var other = i + (int)(random.Current % (uint)(n - i));
            (first[i], moved[other]) = (moved.GetValueOrDefault(other, other), first[i]);
        }
        return first;
    }

    private static IEnumerable<uint> Numbers(uint seed)
    {
        var state = new uint[Words];
        state[0] = seed;
        for (var i = 1u; i < Words; i++)
            state[i] = unchecked(1812433253 * (state[i - 1] ^ (state[i - 1] >> 30)) + i);
        while (true)
        {
            Turn(state);
            foreach (var word in state)
                yield return Tempered(word);
        }
    }

    private static void Turn(uint[] state)
    {
        for (var k = 0; k < Words; k++)
        {
            var y = (state[k] & 0x80000000) | (state[(k + 1) % Words] & 0x7fffffff);
            state[k] = state[(k + Middle) % Words] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
        }
    }

    private static uint Tempered(uint y)
    {
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }
}

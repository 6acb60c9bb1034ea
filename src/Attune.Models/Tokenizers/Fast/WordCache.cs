using System.Runtime.InteropServices;

namespace Attune.Models.Tokenizers;

/// <summary>
/// The ids of words that were seen, in one place for each hash: a word that falls on the place of another replaces it. Entries are
/// whole objects, so threads may read and write it together.
/// </summary>
internal sealed class WordCache
{
    public const int LongestWord = 48;
    private const int Bits = 16;

    private readonly Entry?[] _entries = new Entry?[1 << Bits];

    private sealed record Entry(string Word, int[] Ids);

    public int[]? Find(ReadOnlySpan<char> word, out int place)
    {
        place = PlaceOf(word);
        return _entries[place] is { } entry && word.SequenceEqual(entry.Word) ? entry.Ids : null;
    }

    public void Put(int place, ReadOnlySpan<char> word, int[] ids) => _entries[place] = new Entry(word.ToString(), ids);

    private static int PlaceOf(ReadOnlySpan<char> word)
    {
        const ulong Factor = 0x9E3779B97F4A7C15;
        var hash = (ulong)word.Length * Factor;
        var fours = MemoryMarshal.Cast<char, ulong>(word);
        foreach (var four in fours)
            hash = (System.Numerics.BitOperations.RotateLeft(hash, 29) ^ four) * Factor;
        foreach (var c in word[(fours.Length * 4)..])
            hash = (System.Numerics.BitOperations.RotateLeft(hash, 29) ^ c) * Factor;
        return (int)(hash >> (64 - Bits));
    }
}

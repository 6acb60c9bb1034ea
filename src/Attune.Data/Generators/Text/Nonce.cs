using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>Words that mean nothing, made of syllables.</summary>
internal static class Nonce
{
    private static readonly string[] Onsets =
        ["b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "bl", "br", "dr", "fl", "gr", "kl", "kr", "pl", "sk", "sl", "sn", "st", "tr", "sh", "ch", "th"];

    private static readonly string[] Vowels = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ee", "oo", "ou"];

    private static readonly string[] Codas = ["", "", "", "b", "d", "k", "l", "m", "n", "p", "r", "s", "t", "x", "nd", "rk", "sh", "lt"];

    public static string Word(SeededRandom random) => Word(random, Onsets, Vowels, Codas, random.Between(1, 3));

    public static string Word(SeededRandom random, IReadOnlyList<string> onsets, IReadOnlyList<string> vowels, IReadOnlyList<string> codas, int syllables)
    {
        var word = "";
        for (var i = 0; i < syllables; i++)
            word += random.Pick(onsets) + random.Pick(vowels) + (i == syllables - 1 || random.Chance(0.2) ? random.Pick(codas) : "");
        return word.Length < 3 ? word + random.Pick(Vowels) + "n" : word;
    }

    /// <summary>Different words.</summary>
    public static string[] Words(SeededRandom random, int count)
    {
        var words = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
        while (words.Count < count)
            words.TryAdd(Word(random), true);
        return [.. words.Keys];
    }

    /// <summary>A language of one's own: few onsets, vowels and codas.</summary>
    public static Func<SeededRandom, string> Language(SeededRandom random)
    {
        var (onsets, vowels, codas) = (random.Some(Onsets, 5), random.Some(Vowels, 3), random.Some(Codas, 3));
        return r => Word(r, onsets, vowels, codas, r.Between(1, 3));
    }
}

using System.Text;
using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>
/// Lists of words that stand twice or more, and pairs of words that come again in another order: what follows can be told from what stood before and from nothing else.
/// A small model learns from them within a few hundred steps to look back for the like and to copy what came after (Olsson et al. 2022), on which all learning in
/// context rests; from tasks alone it takes far longer. A document is a function of the numbers drawn alone.
/// </summary>
public static class GeneratedRepeats
{
    private static readonly string[] Words = [.. Topics.Training.SelectMany(t => t.Nouns).Select(Topic.Bare).Where(w => !w.Contains(' ', StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>A document of about this many characters at most.</summary>
    public static string Draw(SeededRandom random, int maxCharacters = 900)
    {
        var real = random.NextDouble();
        var words = Enumerable.Range(0, random.Between(4, 31)).Select(_ => random.NextDouble() < real ? random.Pick(Words) : Nonce.Word(random)).ToArray();
        return random.Chance(0.5) ? List(random, words, maxCharacters) : Pairs(random, words, maxCharacters);
    }

    private static string List(SeededRandom random, string[] words, int maxCharacters)
    {
        var line = string.Join(random.Pick([" ", " ", ", ", "; ", " - "]), words);
        var end = random.Pick([". ", " / ", " | ", "\n"]);
        var text = new StringBuilder(line);
        for (var i = random.Between(1, 4); i > 0 && text.Length + line.Length < maxCharacters; i--)
            text.Append(end).Append(line);
        return text.ToString();
    }

    private static string Pairs(SeededRandom random, string[] words, int maxCharacters)
    {
        var (half, arrow, end) = (words.Length / 2, random.Pick([": ", " is ", " = ", " -> ", "\nLabel: "]), random.Pick(["; ", ", ", "\n", "\n\n"]));
        var text = new StringBuilder();
        for (var round = random.Between(2, 5); round > 0; round--)
            foreach (var at in random.Some([.. Enumerable.Range(0, half)], half))
            {
                var pair = words[at] + arrow + words[half + at];
                if (text.Length + pair.Length > maxCharacters)
                    return text.ToString();
                text.Append(text.Length > 0 ? end : "").Append(pair);
            }
        return text.ToString();
    }
}

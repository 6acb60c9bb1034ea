using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>Made-up text with words that repeat, the same at every call.</summary>
internal static class Corpus
{
    private static readonly string[] Stems = ["walk", "talk", "house", "river", "stone", "light", "quick", "über", "naïve", "東京", "lower", "newest", "2024", "x²"];
    private static readonly string[] Endings = ["", "", "s", "ed", "ing", "er", "est", "'s", ",", "."];

    public static IReadOnlyList<string> Sentences(int count)
    {
        var random = new SeededRandom(11);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, 3 + random.Next(12)).Select(_ => Stems[random.Next(Stems.Length)] + Endings[random.Next(Endings.Length)])))];
    }
}

using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>The word lists by kind and by relation.</summary>
internal static class WordKinds
{
    private static readonly string[] Grammar = ["verb", "adjective", "adverb", "preposition"];

    public static IReadOnlyDictionary<string, string[]> Lists { get; } = WordFile.Lists("lists");

    public static IReadOnlyDictionary<string, string[]> Pairs { get; } = WordFile.Lists("pairs");

    /// <summary>Kinds of things, without those of grammar, in ordinal order.</summary>
    public static string[] Things { get; } = [.. Lists.Keys.Except(Grammar).Order(StringComparer.Ordinal)];

    public static string[] Speech { get; } = [.. Grammar, "noun"];

    public static string Word(SeededRandom random, string kind) =>
        kind == "noun" ? random.Pick(Lists[random.Pick(["animal", "tool", "furniture", "vehicle", "clothes"])]) : random.Pick(Lists[kind]);
}

internal sealed class KindsOfWords() : Family("word-kinds", "names", "Words by the kind of thing that they name.", weight: 1.5)
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var kinds = random.Some(WordKinds.Things, random.Between(2, 8));
        var most = random.Pick([1, 1, 2, 3]);
        var join = random.Pick([", ", " ", " and "]);
        return Typed(random, kinds, (r, label) => string.Join(join, r.Some(WordKinds.Lists[kinds[label]], r.Between(1, most))));
    }
}

internal sealed class KindsMentioned() : Family("kind-mentioned", "names", "Sentences that mention a thing of one kind.", weight: 1.5)
{
    private static readonly string[] Frames =
    [
        "we talked about {x} {pastwhen}", "{person} dreamed of {x}", "{x}? I do not know", "have you heard of {x}?", "{person} wrote {x} on the wall", "the word was {x}",
        "{x} again", "can you spell {x}?", "{name} likes {x} best", "the answer is {x}, said {name}", "there was something about {x} in the paper", "a poem about {x}",
        "she drew {x} and {y}", "{x} or {y}, that is the question", "first {x}, then {y}", "{name} thought of {x} and {y}", "think of {x}",
    ];

    public override GeneratedTask Draw(SeededRandom random)
    {
        var kinds = random.Some(WordKinds.Things, random.Between(2, 6));
        return Typed(random, kinds, (r, label) =>
            Phrases.Capital(Phrases.Write(r.Pick(Frames), r, (place, x) => place is "x" or "y" ? x.Pick(WordKinds.Lists[kinds[label]]) : null)));
    }
}

internal sealed class PartsOfSpeech() : Family("part-of-speech", "grammar", "Single words: nouns, verbs, adjectives, adverbs or prepositions.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var kinds = random.Some(WordKinds.Speech, random.Between(2, 5));
        return new GeneratedTask(kinds, (r, label) => WordKinds.Word(r, kinds[label]));
    }
}

internal sealed class WordPairs() : Family("word-pairs", "relation", "Pairs of words by how they belong together.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var relations = random.Some(WordKinds.Pairs.Keys.Order(StringComparer.Ordinal).ToArray(), random.Between(2, 6));
        var join = random.Pick([" - ", " ", " / ", ", ", " : ", " and "]);
        return new GeneratedTask(relations, (r, label) => r.Pick(WordKinds.Pairs[relations[label]]).Replace(" ", join, StringComparison.Ordinal));
    }
}

internal sealed class SecretGroups() : Family("secret-groups", "names", "Each label stands for two or three kinds of things, under a name that tells nothing.")
{
    public override GeneratedTask Draw(SeededRandom random)
    {
        var (count, each) = (random.Between(2, 3), random.Between(2, 3));
        var kinds = random.Some(WordKinds.Things, count * each);
        return Typed(random, LabelNames.Arbitrary(random, count), (r, label) => r.Pick(WordKinds.Lists[kinds[label * each + r.Next(each)]]));
    }
}

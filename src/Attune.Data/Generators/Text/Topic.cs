using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>A subject that texts are about.</summary>
/// <param name="Nouns">Without article; "~" in front of those that take no "a".</param>
/// <param name="Actions">Verb phrases in their base form.</param>
internal sealed record Topic(string Name, IReadOnlyList<string> Nouns, IReadOnlyList<string> Actions, bool HeldOut)
{
    /// <summary>The same topic with few of its words, so that rows share them.</summary>
    public Topic Narrow(SeededRandom random, int nouns, int actions) =>
        this with { Nouns = random.Some(Nouns, nouns), Actions = random.Some(Actions, actions) };

    /// <summary>What fills the places of one sentence: no noun or action twice while others are left. Gives null for places that are not the topic's.</summary>
    public Func<string, SeededRandom, string?> Filler()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        return (place, random) => place switch
        {
            "the" => "the " + Bare(Fresh(Nouns, used, random)),
            "a" => WithArticle(Fresh(Nouns, used, random)),
            "n" => Bare(Fresh(Nouns, used, random)),
            "v" => Fresh(Actions, used, random),
            "vs" => Verbs.Third(Fresh(Actions, used, random)),
            "ved" => Verbs.Past(Fresh(Actions, used, random)),
            "ving" => Verbs.Ing(Fresh(Actions, used, random)),
            _ => null,
        };
    }

    private static string Fresh(IReadOnlyList<string> words, HashSet<string> used, SeededRandom random)
    {
        var word = random.Pick(words);
        for (var attempt = 0; attempt < 4 && used.Contains(word); attempt++)
            word = random.Pick(words);
        used.Add(word);
        return word;
    }

    public static string Bare(string noun) => noun.TrimStart('~');

    public static string WithArticle(string noun)
    {
        if (noun[0] == '~')
            return "some " + noun[1..];
        return (TakesAn(noun) ? "an " : "a ") + noun;
    }

    private static bool TakesAn(string noun) =>
        "aeioAEIOX".Contains(noun[0], StringComparison.Ordinal) ? !noun.StartsWith("one", StringComparison.Ordinal)
        : noun.StartsWith("hour", StringComparison.Ordinal) || noun.StartsWith("heir", StringComparison.Ordinal)
            || (noun[0] == 'u' && !noun.StartsWith("un", StringComparison.Ordinal) && !noun.StartsWith("us", StringComparison.Ordinal) && !noun.StartsWith("ut", StringComparison.Ordinal))
            || noun.StartsWith("under", StringComparison.Ordinal) || noun.StartsWith("uncon", StringComparison.Ordinal);
}

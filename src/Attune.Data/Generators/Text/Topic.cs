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

    /// <summary>What fills a place of a frame, or null where the topic does not.</summary>
    public string? Fill(string place, SeededRandom random) => place switch
    {
        "the" => "the " + Bare(random.Pick(Nouns)),
        "a" => WithArticle(random.Pick(Nouns)),
        "n" => Bare(random.Pick(Nouns)),
        "v" => random.Pick(Actions),
        "vs" => Verbs.Third(random.Pick(Actions)),
        "ved" => Verbs.Past(random.Pick(Actions)),
        "ving" => Verbs.Ing(random.Pick(Actions)),
        _ => null,
    };

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

namespace Attune.Evaluation.Metrics;

/// <summary>
/// chrF (Popović 2015) and chrF++ (Popović 2017) on a scale of 0 to 100, with the definitions of sacreBLEU 2: precision and
/// recall are averaged over the n-gram orders that both sides have, then F_β = (1 + β²)PR / (β²P + R). With several
/// references the one with the best F counts.
/// </summary>
public static class Chrf
{
    private const double Epsilon = 1e-16;
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>Over a corpus, from n-gram counts summed over it: <c>references[i]</c> holds one or more references of hypothesis i.</summary>
    public static double Corpus(IReadOnlyList<string> hypotheses, IReadOnlyList<IReadOnlyList<string>> references, ChrfOptions? options = null)
    {
        options ??= new ChrfOptions();
        Require.SameLength("Chrf", hypotheses.Count, references.Count);
        Require.AtLeast("Chrf", hypotheses.Count, 1);
        Require.Range("Chrf", "CharacterOrder", options.CharacterOrder, 1, int.MaxValue);
        Require.Range("Chrf", "WordOrder", options.WordOrder, 0, int.MaxValue);
        var sum = new Counts[options.CharacterOrder + options.WordOrder];
        for (var i = 0; i < hypotheses.Count; i++)
        {
            Require.AtLeast("Chrf: references", references[i].Count, 1);
            var hypothesis = NGrams(hypotheses[i], options);
            var best = references[i].Select(reference => Matches(hypothesis, NGrams(reference, options))).MaxBy(counts => Score(counts, options))!;
            for (var order = 0; order < sum.Length; order++)
                sum[order] = sum[order].Plus(best[order]);
        }
        return Score(sum, options);
    }

    /// <summary>Of one hypothesis.</summary>
    public static double Sentence(string hypothesis, IReadOnlyList<string> references, ChrfOptions? options = null) =>
        Corpus([hypothesis], [references], options);

    /// <summary>Character n-grams of each order, then word n-grams.</summary>
    private static Dictionary<string, int>[] NGrams(string text, ChrfOptions options)
    {
        var line = options.Lowercase ? text.ToLowerInvariant() : text;
        var characters = Array.ConvertAll(
            TextUnits.CodePoints(options.Whitespace ? line : string.Concat(TextUnits.Words(line))), TextUnits.OfCodePoint);
        var words = TextUnits.Words(line).SelectMany(PunctuationApart).ToArray();
        return Enumerable.Range(1, options.CharacterOrder).Select(n => TextUnits.NGrams(characters, n))
            .Concat(Enumerable.Range(1, options.WordOrder).Select(n => TextUnits.NGrams(words, n))).ToArray();
    }

    /// <summary>Splits one punctuation mark off the end of a word, or else off its start.</summary>
    private static string[] PunctuationApart(string word)
    {
        if (word.Length == 1)
            return [word];
        if (Punctuation.Contains(word[^1], StringComparison.Ordinal))
            return [word[..^1], word[^1..]];
        return Punctuation.Contains(word[0], StringComparison.Ordinal) ? [word[..1], word[1..]] : [word];
    }

    private static Counts[] Matches(Dictionary<string, int>[] hypothesis, Dictionary<string, int>[] reference)
    {
        var counts = new Counts[hypothesis.Length];
        for (var order = 0; order < counts.Length; order++)
        {
            // Where the reference is too short for an order, the hypothesis is not held to it.
            var wanted = reference[order].Values.Sum();
            counts[order] = new Counts(wanted == 0 ? 0 : hypothesis[order].Values.Sum(), wanted, TextUnits.Overlap(hypothesis[order], reference[order]));
        }
        return counts;
    }

    private static double Score(Counts[] counts, ChrfOptions options)
    {
        var weight = options.Beta * options.Beta;
        if (options.EpsilonSmoothing)
            return 100 * counts.Average(c => F(Ratio(c.Matches, c.Hypothesis), Ratio(c.Matches, c.Reference), weight, Epsilon));
        var both = counts.Where(c => c.Hypothesis > 0 && c.Reference > 0).ToArray();
        return both.Length == 0 ? 0 : 100 * F(
            both.Average(c => c.Matches / (double)c.Hypothesis), both.Average(c => c.Matches / (double)c.Reference), weight, 0);
    }

    private static double F(double precision, double recall, double weight, double otherwise)
    {
        var scale = weight * precision + recall;
        return scale > 0 ? (1 + weight) * precision * recall / scale : otherwise;
    }

    private static double Ratio(int part, int whole) => whole > 0 ? part / (double)whole : Epsilon;

    private readonly record struct Counts(int Hypothesis, int Reference, int Matches)
    {
        public Counts Plus(Counts other) => new(Hypothesis + other.Hypothesis, Reference + other.Reference, Matches + other.Matches);
    }
}

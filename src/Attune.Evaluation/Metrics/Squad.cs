using System.Text;
using System.Text.RegularExpressions;

namespace Attune.Evaluation.Metrics;

/// <summary>Exact match and token F1 of short answers as SQuAD 2 defines them (Rajpurkar et al. 2018): the best over the gold answers.</summary>
public static partial class Squad
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>Lower case, without ASCII punctuation, then without the words a, an, the; words joined by one space.</summary>
    public static string Normalize(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text.ToLowerInvariant())
        {
            if (!Punctuation.Contains(c, StringComparison.Ordinal))
                kept.Append(c);
        }
        return string.Join(' ', TextUnits.Words(Articles().Replace(kept.ToString(), " ")));
    }

    /// <summary>1 where the prediction equals a gold answer after <see cref="Normalize"/>, else 0. Needs one gold answer.</summary>
    public static double ExactMatch(string prediction, IReadOnlyList<string> golds)
    {
        Check(golds);
        var normal = Normalize(prediction);
        return golds.Any(gold => Normalize(gold) == normal) ? 1 : 0;
    }

    /// <summary>F1 of the bags of words; where either is empty, 1 if both are, else 0. Needs one gold answer.</summary>
    public static double F1(string prediction, IReadOnlyList<string> golds)
    {
        Check(golds);
        return golds.Max(gold => F1(TextUnits.Words(Normalize(prediction)), TextUnits.Words(Normalize(gold))));
    }

    private static double F1(string[] prediction, string[] gold)
    {
        if (prediction.Length == 0 || gold.Length == 0)
            return prediction.Length == gold.Length ? 1 : 0;
        var same = TextUnits.Overlap(TextUnits.NGrams(prediction, 1), TextUnits.NGrams(gold, 1));
        return 2.0 * same / (prediction.Length + gold.Length);
    }

    private static void Check(IReadOnlyList<string> golds)
    {
        if (golds.Count == 0)
            throw Require.Wrong($"Squad: found no gold answer, expected one or more; leave that row out");
    }

    // Word characters are letters, numbers and the underscore; .NET's \b would also count combining marks.
    [GeneratedRegex(@"(?<![\p{L}\p{N}_])(a|an|the)(?![\p{L}\p{N}_])", RegexOptions.CultureInvariant)]
    private static partial Regex Articles();
}

using System.Text.RegularExpressions;

namespace Attune.Evaluation.Metrics;

/// <summary>
/// Translation edit rate (Snover et al. 2006) in per cent, above 100 is possible: insertions, deletions, substitutions and block
/// shifts per word of the references' mean length, with the beam and the limits of Tercom as sacreBLEU 2 has them. With
/// several references the fewest edits count.
/// </summary>
public static partial class Ter
{
    /// <summary>Over a corpus: <c>references[i]</c> holds one or more references of hypothesis i.</summary>
    public static double Corpus(IReadOnlyList<string> hypotheses, IReadOnlyList<IReadOnlyList<string>> references, TerOptions? options = null)
    {
        options ??= new TerOptions();
        Require.SameLength("Ter", hypotheses.Count, references.Count);
        Require.AtLeast("Ter", hypotheses.Count, 1);
        var (edits, length) = (0, 0.0);
        for (var i = 0; i < hypotheses.Count; i++)
        {
            Require.AtLeast("Ter: references", references[i].Count, 1);
            var hypothesis = Words(hypotheses[i], options);
            var wanted = references[i].Select(reference => Words(reference, options)).ToArray();
            edits += wanted.Min(reference => new TerAlignment(reference).Edits(hypothesis));
            length += wanted.Average(reference => reference.Length);
        }
        return length > 0 ? 100 * edits / length : edits > 0 ? 100 : 0;
    }

    /// <summary>Of one hypothesis.</summary>
    public static double Sentence(string hypothesis, IReadOnlyList<string> references, TerOptions? options = null) =>
        Corpus([hypothesis], [references], options);

    private static string[] Words(string text, TerOptions options)
    {
        var line = options.CaseSensitive ? text : text.ToLowerInvariant();
        if (options.Normalized)
            line = Normalize(line, options.AsianSupport);
        if (options.NoPunctuation)
            line = Punctuation().Replace(line, "");
        if (options.NoPunctuation && options.AsianSupport)
            line = AsianMarks().Replace(line, "");
        return TextUnits.Words(line);
    }

    private static string Normalize(string text, bool asian)
    {
        var line = text.Replace("\n-", "", StringComparison.Ordinal).Replace('\n', ' ');
        line = BleuTokenizer.SplitPunctuation($" {BleuTokenizer.Unescape(line)} ").Replace("'s ", " 's ", StringComparison.Ordinal);
        line = BleuTokenizer.SplitStops(line);
        return asian ? AsianMarks().Replace(AsianCharacters().Replace(line, " $0 "), " $0 ") : line;
    }

    [GeneratedRegex(@"[.,?:;!""()]", RegexOptions.CultureInvariant)]
    private static partial Regex Punctuation();

    // Radicals, strokes, enclosed and compatibility forms, and the ideographs.
    [GeneratedRegex(@"[\u2e80-\u2eff\u31c0-\u31ef\u3200-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f]", RegexOptions.CultureInvariant)]
    private static partial Regex AsianCharacters();

    [GeneratedRegex(@"[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]", RegexOptions.CultureInvariant)]
    private static partial Regex AsianMarks();
}

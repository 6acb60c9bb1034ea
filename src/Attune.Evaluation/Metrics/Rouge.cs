using System.Text.RegularExpressions;

namespace Attune.Evaluation.Metrics;

/// <summary>
/// ROUGE (Lin 2004) with the definitions of the rouge_score package. Tokens are runs of a–z and 0–9 of the lower-cased text:
/// text in other scripts scores 0. Stemming applies to words of more than three letters.
/// </summary>
public static partial class Rouge
{
    /// <summary>Overlap of runs of <paramref name="n"/> tokens.</summary>
    public static RougeScore N(string hypothesis, string reference, int n, bool stem = false)
    {
        Require.AtLeast("Rouge: n", n, 1);
        var found = TextUnits.NGrams(Tokenize(hypothesis, stem), n);
        var wanted = TextUnits.NGrams(Tokenize(reference, stem), n);
        return Score(TextUnits.Overlap(found, wanted), found.Values.Sum(), wanted.Values.Sum());
    }

    /// <summary>The longest common subsequence of tokens.</summary>
    public static RougeScore L(string hypothesis, string reference, bool stem = false)
    {
        var (found, wanted) = (Tokenize(hypothesis, stem), Tokenize(reference, stem));
        return Score(Lengths(wanted, found)[wanted.Length, found.Length], found.Length, wanted.Length);
    }

    /// <summary>
    /// Over sentences, which newlines separate: for each reference sentence the union of its longest common subsequences with all
    /// sentences of the hypothesis, each token counted at most as often as both sides have it.
    /// </summary>
    public static RougeScore LSum(string hypothesis, string reference, bool stem = false)
    {
        var (found, wanted) = (Sentences(hypothesis, stem), Sentences(reference, stem));
        var foundLeft = TextUnits.NGrams(found.SelectMany(s => s).ToArray(), 1);
        var wantedLeft = TextUnits.NGrams(wanted.SelectMany(s => s).ToArray(), 1);
        var hits = 0;
        foreach (var sentence in wanted)
        {
            foreach (var index in found.SelectMany(other => Common(sentence, other)).Distinct())
            {
                var token = sentence[index];
                if (foundLeft.GetValueOrDefault(token) == 0 || wantedLeft[token] == 0)
                    continue;
                foundLeft[token]--;
                wantedLeft[token]--;
                hits++;
            }
        }
        return Score(hits, found.Sum(s => s.Length), wanted.Sum(s => s.Length));
    }

    /// <summary>Runs of a–z and 0–9 of the lower-cased text, stemmed where they are longer than three and <paramref name="stem"/> is set.</summary>
    public static string[] Tokenize(string text, bool stem = false)
    {
        var tokens = Array.FindAll(Others().Split(text.ToLowerInvariant()), token => token.Length > 0);
        return stem ? Array.ConvertAll(tokens, token => token.Length > 3 ? PorterStemmer.Stem(token) : token) : tokens;
    }

    private static string[][] Sentences(string text, bool stem) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(sentence => Tokenize(sentence, stem)).ToArray();

    /// <summary>[i, j]: the length of the longest common subsequence of the first i and the first j tokens.</summary>
    private static int[,] Lengths(string[] first, string[] second)
    {
        var lengths = new int[first.Length + 1, second.Length + 1];
        for (var i = 1; i <= first.Length; i++)
        {
            for (var j = 1; j <= second.Length; j++)
            {
                lengths[i, j] = first[i - 1] == second[j - 1]
                    ? lengths[i - 1, j - 1] + 1
                    : Math.Max(lengths[i - 1, j], lengths[i, j - 1]);
            }
        }
        return lengths;
    }

    /// <summary>The indices in <paramref name="first"/> of one longest common subsequence: of several, the one whose first index falls back last.</summary>
    private static List<int> Common(string[] first, string[] second)
    {
        var lengths = Lengths(first, second);
        var indices = new List<int>();
        var (i, j) = (first.Length, second.Length);
        while (i > 0 && j > 0)
        {
            if (first[i - 1] == second[j - 1])
            {
                indices.Add(--i);
                j--;
            }
            else if (lengths[i, j - 1] > lengths[i - 1, j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }
        return indices;
    }

    private static RougeScore Score(int hits, int found, int wanted)
    {
        var precision = hits / (double)Math.Max(found, 1);
        var recall = hits / (double)Math.Max(wanted, 1);
        return new RougeScore(precision, recall, hits == 0 ? 0 : 2 * precision * recall / (precision + recall));
    }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Others();
}

namespace Attune.Evaluation.Metrics;

/// <summary>
/// BLEU (Papineni et al. 2002): brevity penalty · exp(mean of ln precision over n-grams of 1 to 4 tokens), with the definitions
/// of sacreBLEU 2 (Post 2018). The reference length is that of the closest reference, the shorter on a tie. Without
/// any match the score is 0 under every smoothing.
/// </summary>
public static class Bleu
{
    private const int Orders = 4;

    /// <summary>Over a corpus: <c>references[i]</c> holds one or more references of hypothesis i.</summary>
    public static BleuScore Corpus(IReadOnlyList<string> hypotheses, IReadOnlyList<IReadOnlyList<string>> references, BleuOptions? options = null)
    {
        options ??= new BleuOptions();
        Require.SameLength("Bleu", hypotheses.Count, references.Count);
        Require.AtLeast("Bleu", hypotheses.Count, 1);
        var (matches, totals) = (new int[Orders], new int[Orders]);
        var (length, referenceLength) = (0, 0);
        for (var i = 0; i < hypotheses.Count; i++)
        {
            Require.AtLeast("Bleu: references", references[i].Count, 1);
            var hypothesis = Tokens(hypotheses[i], options);
            var wanted = references[i].Select(reference => Tokens(reference, options)).ToArray();
            Count(hypothesis, wanted, matches, totals);
            length += hypothesis.Length;
            referenceLength += wanted.Select(w => w.Length).MinBy(n => (Math.Abs(n - hypothesis.Length), n));
        }
        return Score(matches, totals, length, referenceLength, options);
    }

    /// <summary>Of one hypothesis.</summary>
    public static BleuScore Sentence(string hypothesis, IReadOnlyList<string> references, BleuOptions? options = null) =>
        Corpus([hypothesis], [references], options ?? new BleuOptions(EffectiveOrder: true));

    private static string[] Tokens(string text, BleuOptions options)
    {
        var line = options.Lowercase ? text.ToLowerInvariant() : text;
        var end = line.Length;
        while (end > 0 && TextUnits.IsSpace(line[end - 1]))
            end--;
        return TextUnits.Words(BleuTokenizer.Tokenize(line[..end], options.Tokenization));
    }

    private static void Count(string[] hypothesis, string[][] references, int[] matches, int[] totals)
    {
        for (var n = 1; n <= Orders; n++)
        {
            var found = TextUnits.NGrams(hypothesis, n);
            var most = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var (gram, count) in references.SelectMany(reference => TextUnits.NGrams(reference, n)))
                most[gram] = Math.Max(count, most.GetValueOrDefault(gram));
            matches[n - 1] += TextUnits.Overlap(found, most);
            totals[n - 1] += Math.Max(0, hypothesis.Length - n + 1);
        }
    }

    private static BleuScore Score(int[] matches, int[] totals, int length, int referenceLength, BleuOptions options)
    {
        var penalty = length >= referenceLength ? 1 : length == 0 ? 0 : Math.Exp(1 - referenceLength / (double)length);
        var precisions = new double[Orders];
        if (matches.All(match => match == 0))
            return new BleuScore(0, precisions, penalty, length, referenceLength, matches, totals);
        var (order, halved) = (options.EffectiveOrder ? 0 : Orders, 1.0);
        for (var n = 0; n < Orders; n++)
        {
            var added = options.Smoothing == BleuSmoothing.AddOne && n > 0 ? 1 : 0;
            matches[n] += added;
            totals[n] += added;
            if (totals[n] == 0)
                break;
            order = options.EffectiveOrder ? n + 1 : Orders;
            precisions[n] = 100 * Smoothed(matches[n], options.Smoothing, ref halved) / totals[n];
        }
        var score = precisions.Take(order).Any(p => p == 0) ? 0 : penalty * Math.Exp(precisions.Take(order).Sum(Math.Log) / order);
        return new BleuScore(score, precisions, penalty, length, referenceLength, matches, totals);
    }

    private static double Smoothed(int match, BleuSmoothing smoothing, ref double halved)
    {
        if (match > 0)
            return match;
        if (smoothing == BleuSmoothing.Exponential)
            return halved /= 2;
        return smoothing == BleuSmoothing.Floor ? 0.1 : 0;
    }
}

namespace Attune.Methods.Retrieval;

/// <summary>
/// BM25 (Robertson et al. 1994): Σ over the query's words, repetitions too, of idf·(tf·(k1 + 1)/(tf + k1·(1 − b + b·|d|/avg)) + δ), with
/// idf = ln(1 + (N − n + ½)/(n + ½)), or ln((N + 1)/n) where δ is set. Words are those of <see cref="WordSplitter"/>; empty documents count in avg.
/// </summary>
public sealed class Bm25
{
    private readonly Bm25Options options;
    private readonly Dictionary<string, List<(int Document, int Count)>> postings = new(StringComparer.Ordinal);
    private readonly int[] lengths;
    private readonly double average;

    public Bm25(IEnumerable<string> documents, Bm25Options? options = null)
    {
        this.options = options ?? new Bm25Options();
        var lengths = new List<int>();
        foreach (var document in documents)
        {
            var words = WordSplitter.Split(document);
            foreach (var group in words.CountBy(w => w, StringComparer.Ordinal))
            {
                if (!postings.TryGetValue(group.Key, out var list))
                    postings.Add(group.Key, list = []);
                list.Add((lengths.Count, group.Value));
            }
            lengths.Add(words.Count);
        }
        this.lengths = [.. lengths];
        average = lengths.Count == 0 ? 0 : lengths.Average();
    }

    /// <summary>Number of documents.</summary>
    public int Count => lengths.Length;

    /// <summary>A score for each document; 0 where no word is shared.</summary>
    public double[] Scores(string query)
    {
        var scores = new double[Count];
        foreach (var word in WordSplitter.Split(query))
        {
            if (!postings.TryGetValue(word, out var list))
                continue;
            var idf = Idf(list.Count);
            foreach (var (document, count) in list)
                scores[document] += idf * Weight(count, lengths[document]);
        }
        return scores;
    }

    /// <summary>The best documents, best first; ties, also at score 0, go to the lower index.</summary>
    public int[] Nearest(string query, int count) => Ranking.Top(Scores(query), count);

    private double Idf(int documents) => options.Delta is null
        ? Math.Log(1 + (Count - documents + 0.5) / (documents + 0.5))
        : Math.Log((Count + 1.0) / documents);

    private double Weight(int count, int length) =>
        count * (options.K1 + 1) / (count + options.K1 * (1 - options.B + options.B * length / average)) + (options.Delta ?? 0);
}

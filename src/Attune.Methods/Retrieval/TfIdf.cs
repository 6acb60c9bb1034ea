namespace Attune.Methods.Retrieval;

/// <summary>
/// Documents as vectors tf·(ln((1 + N)/(1 + n)) + 1), scaled to length 1 (the defaults of scikit-learn); the likeness of two texts is
/// the product of their vectors. Terms that the documents lack are dropped from a query.
/// </summary>
public sealed class TfIdf
{
    private readonly TfIdfOptions options;
    private readonly HashSet<string> stopWords;
    private readonly Dictionary<string, double> idf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(int Document, double Weight)>> postings = new(StringComparer.Ordinal);

    public TfIdf(IEnumerable<string> documents, TfIdfOptions? options = null)
    {
        this.options = options ?? new TfIdfOptions();
        stopWords = new HashSet<string>(this.options.StopWords, StringComparer.Ordinal);
        var terms = documents.Select(d => Terms(d).CountBy(t => t, StringComparer.Ordinal).ToList()).ToList();
        Count = terms.Count;
        foreach (var (term, inDocuments) in terms.SelectMany(t => t).CountBy(t => t.Key, StringComparer.Ordinal))
            if (inDocuments >= this.options.LeastDocuments)
                idf.Add(term, Math.Log((1.0 + Count) / (1 + inDocuments)) + 1);
        for (var d = 0; d < terms.Count; d++)
            foreach (var (term, weight) in Vector(terms[d]))
            {
                if (!postings.TryGetValue(term, out var list))
                    postings.Add(term, list = []);
                list.Add((d, weight));
            }
    }

    /// <summary>Number of documents.</summary>
    public int Count { get; }

    /// <summary>Term → ln((1 + N)/(1 + n)) + 1.</summary>
    public IReadOnlyDictionary<string, double> InverseFrequencies => idf;

    /// <summary>A text's terms and weights, of length 1; empty if no term is known.</summary>
    public IReadOnlyDictionary<string, double> Vector(string text) =>
        Vector(Terms(text).CountBy(t => t, StringComparer.Ordinal)).ToDictionary(t => t.Term, t => t.Weight, StringComparer.Ordinal);

    /// <summary>Cosine with each document.</summary>
    public double[] Scores(string query)
    {
        var scores = new double[Count];
        foreach (var (term, weight) in Vector(Terms(query).CountBy(t => t, StringComparer.Ordinal)))
            foreach (var (document, other) in postings[term])
                scores[document] += weight * other;
        return scores;
    }

    /// <summary>The best documents, best first; ties go to the lower index.</summary>
    public int[] Nearest(string query, int count) => Ranking.Top(Scores(query), count);

    private List<(string Term, double Weight)> Vector(IEnumerable<KeyValuePair<string, int>> counts)
    {
        var vector = new List<(string Term, double Weight)>();
        foreach (var (term, count) in counts)
            if (idf.TryGetValue(term, out var factor))
                vector.Add((term, factor * (options.Sublinear ? 1 + Math.Log(count) : count)));
        var length = Math.Sqrt(vector.Sum(t => t.Weight * t.Weight));
        return vector.ConvertAll(t => (t.Term, t.Weight / length));
    }

    private List<string> Terms(string text)
    {
        var words = WordSplitter.Split(text);
        words.RemoveAll(stopWords.Contains);
        if (options.Bigrams)
            words.AddRange(words.Zip(words.Skip(1), (a, b) => $"{a} {b}").ToList());
        return words;
    }
}

using System.Text.Json;
using Attune.Methods.Retrieval;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Methods.Retrieval;

[Trait("Category", "Goldens")]
public class WordGoldenTests
{
    private static void ForEach(Action<JsonElement, string[], string[]> check)
    {
        _ = TestFolders.Fixture("retrieval/words.json");
        foreach (var file in TestFolders.AllFixtures("retrieval/words.json").Select(Read))
            check(file, Texts(file.GetProperty("documents")), Texts(file.GetProperty("queries")));
    }

    private static void Scores(JsonElement expected, string[] queries, Func<string, double[]> scores)
    {
        for (var q = 0; q < queries.Length; q++)
            Near(Numbers(expected[q]), scores(queries[q]), 1e-9, 1e-12, $"query {q}");
    }

    private static void Best(JsonElement expected, string[] queries, Func<string, int, int[]> nearest)
    {
        for (var q = 0; q < queries.Length; q++)
            Assert.Equal(Ints(expected[q]), nearest(queries[q], expected[q].GetArrayLength()));
    }

    [SkippableFact]
    public void Split_FirstDocument_GivesItsWords() => ForEach((file, documents, _) =>
    {
        Assert.Equal(Texts(file.GetProperty("tokens_of_first_document")), WordSplitter.Split(documents[0]));
        Assert.Equal(file.GetProperty("vocabulary_size").GetInt32(), documents.SelectMany(WordSplitter.Split).Distinct().Count());
    });

    [SkippableFact]
    public void Bm25_Queries_ScoreAsTheReference() => ForEach((file, documents, queries) =>
    {
        var plain = file.GetProperty("bm25");
        var plus = file.GetProperty("bm25_plus");
        var bm25 = new Bm25(documents, new Bm25Options { K1 = Number(plain, "k1"), B = Number(plain, "b") });
        Scores(plain.GetProperty("scores"), queries, bm25.Scores);
        Best(file.GetProperty("bm25_top10"), queries, bm25.Nearest);
        Scores(plus.GetProperty("scores"), queries, new Bm25(documents, new Bm25Options { K1 = Number(plus, "k1"), B = Number(plus, "b"), Delta = Number(plus, "delta") }).Scores);
    });

    [SkippableFact]
    public void TfIdf_Queries_ScoreAsTheReference() => ForEach((file, documents, queries) =>
    {
        var plain = new TfIdf(documents);
        Scores(file.GetProperty("tfidf_cosine"), queries, plain.Scores);
        Best(file.GetProperty("tfidf_top10"), queries, plain.Nearest);
        foreach (var idf in file.GetProperty("idf").EnumerateObject())
            Assert.Equal(idf.Value.GetDouble(), plain.InverseFrequencies[idf.Name], 1e-9);
        var first = plain.Vector(documents[0]);
        var expected = file.GetProperty("tfidf_of_first_document").EnumerateObject().ToList();
        Assert.Equal(expected.Count, first.Count);
        Assert.All(expected, e => Assert.Equal(e.Value.GetDouble(), first[e.Name], 1e-9));
    });

    [SkippableFact]
    public void TfIdf_SublinearBigrams_ScoreAsTheReference() => ForEach((file, documents, queries) =>
        Scores(file.GetProperty("tfidf_sublinear_bigrams_cosine"), queries, new TfIdf(documents, new TfIdfOptions { Sublinear = true, Bigrams = true, LeastDocuments = 2, StopWords = ["the", "of", "to"] }).Scores));
}

using Attune.Methods.Retrieval;

namespace Attune.Tests.Methods.Retrieval;

public class WordRetrievalTests
{
    [Theory]
    [InlineData("U.S. it's a Co-op", "it co op")]
    [InlineData("ÉTÉ 42 x_1 \U0001D538\U0001D539!", "été 42 x_1 \U0001D538\U0001D539")]
    [InlineData("", "")]
    public void Split_Text_GivesLowerCaseRunsOfTwoOrMore(string text, string words) =>
        Assert.Equal(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), WordSplitter.Split(text));

    [Fact]
    public void Bm25_WithoutLengths_IsIdfTimesSaturation()
    {
        var bm25 = new Bm25(["cat dog", "cat cat", ""], new Bm25Options { K1 = 1, B = 0 });
        // dog is in 1 of 3: ln(1 + 2.5/1.5); cat in 2 of 3: ln(1 + 1.5/2.5), twice in the second: 2·2/(2 + 1).
        double[] expected = [Math.Log(8.0 / 3) + Math.Log(1.6), Math.Log(1.6) * 4 / 3, 0];
        Assert.All(expected.Zip(bm25.Scores("dog cat bird")), p => Assert.Equal(p.First, p.Second, 12));
        Assert.Equal(2 * Math.Log(8.0 / 3), bm25.Scores("dog dog")[0], 12);
    }

    [Fact]
    public void Bm25_LengthCounts_ShorterDocumentWins() =>
        Assert.Equal([1, 0], new Bm25(["cat with many other words", "cat"]).Nearest("cat", 5));

    [Fact]
    public void Bm25_NothingShared_ReturnsTheFirstDocuments() =>
        Assert.Equal([0, 1], new Bm25(["one", "two", "three"]).Nearest("bird", 2));

    [Fact]
    public void Bm25_NoDocuments_GivesNothing() => Assert.Empty(new Bm25([]).Nearest("bird", 2));

    [Fact]
    public void TfIdf_SameAndOther_ScoreOneAndZero()
    {
        var index = new TfIdf(["red fox", "blue sky", ""]);
        Assert.All(new[] { 1.0, 0, 0 }.Zip(index.Scores("Red FOX unknown")), p => Assert.Equal(p.First, p.Second, 12));
        Assert.Equal([0.0, 0, 0], index.Scores("unknown"));
        Assert.Equal(Math.Log(4.0 / 2) + 1, index.InverseFrequencies["fox"], 12);
    }

    [Fact]
    public void TfIdf_StopWords_AreGoneBeforePairsForm()
    {
        var index = new TfIdf(["king of spain"], new TfIdfOptions { Bigrams = true, StopWords = ["of"] });
        Assert.Equal(["king", "king spain", "spain"], index.InverseFrequencies.Keys.Order(StringComparer.Ordinal));
    }
}

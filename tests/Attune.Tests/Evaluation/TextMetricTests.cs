using System.Globalization;
using Attune.Evaluation.Metrics;
using Attune.Tensors;

namespace Attune.Tests.Evaluation;

/// <summary>Hand-worked cases of the metrics of generated text; the goldens hold many more.</summary>
public sealed class TextMetricTests
{
    [Fact]
    public void EditDistance_OneMoved_IsTwoEdits()
    {
        Assert.Equal(2, EditDistance.OfCharacters("ab😀", "😀ab"));
        Assert.Equal(0.5, EditDistance.WordErrorRate("the dog", "the  cat"));
        Assert.Equal(1 / 3.0, EditDistance.CharacterErrorRate("cot", "cat"), 14);
        Assert.Throws<AttuneException>(() => EditDistance.WordErrorRate("a", " "));
    }

    [Fact]
    public void Bleu_FiveOfSixWords_EqualsHandWork()
    {
        // Matches 5/6, 3/5, 1/4; none of 3: exponential smoothing puts ½/3.
        var score = Bleu.Corpus(["the cat sat on a mat"], [["the cat sat by a mat"]]);
        Assert.Equal([5, 3, 1, 0], score.Matches);
        Assert.Equal(100 * Math.Pow(5 / 6.0 * 3 / 5 * 1 / 4 * 1 / 6, 0.25), score.Score, 10);
        // Five of ten words: brevity e^(1 − 10/5).
        Assert.Equal(100 * Math.Exp(-1), Bleu.Corpus(["a b c d e"], [["a b c d e f g h i j"]]).Score, 10);
    }

    [Fact]
    public void BleuTokenizer_Numbers_StayWhole()
    {
        Assert.Equal("1,000.5 ( a ) , b .", BleuTokenizer.Tokenize("1,000.5 (a), b.", BleuTokenization.Mteval13a));
        Assert.Equal("50 € 😀 「 x 」", BleuTokenizer.Tokenize("50€ 😀「x」", BleuTokenization.International));
    }

    [Fact]
    public void Chrf_HalfOfTheLetters_EqualsHandWork()
    {
        // Letters: 1 of 2 each way. Pairs: 0 of 1 each way.
        Assert.Equal(25, Chrf.Sentence("ab", ["ac"]), 10);
        Assert.Equal(100, Chrf.Sentence("a b", ["ab"]), 10);
        Assert.Equal(25, Chrf.Sentence("ab", ["xy", "ac"]), 10);
    }

    [Fact]
    public void Ter_BlockMoved_IsOneEdit()
    {
        Assert.Equal(20, Ter.Sentence("d e a b c", ["a b c d e"]), 10);
        Assert.Equal(0, Ter.Sentence("The cat's (hat)", ["the cat 's ( hat )"], new TerOptions(Normalized: true)), 10);
        Assert.Equal(0, Ter.Sentence("(the cat's)", ["( the cat 's )"], new TerOptions(Normalized: true)), 10);
        Assert.Equal(100, Ter.Sentence("a", [""]), 10);
    }

    [Fact]
    public void Rouge_TwoSentences_EqualsHandWork()
    {
        // Of a b | c d and c d | a b: every bigram is there; the longest subsequence holds two tokens; by sentences all four.
        Assert.Equal(1, Rouge.N("a b\nc d", "c d\na b", 1).F1, 14);
        Assert.Equal(2 / 3.0, Rouge.N("a b\nc d", "c d\na b", 2).F1, 14);
        Assert.Equal(0.5, Rouge.L("a b\nc d", "c d\na b").F1, 14);
        Assert.Equal(1, Rouge.LSum("a b\nc d", "c d\na b").F1, 14);
        Assert.Equal(1, Rouge.N("running studies", "runs study", 1, stem: true).F1, 14);
    }

    [Fact]
    public void Porter_RunsOfY_AlternateFromAConsonant()
    {
        // In yy the second y is a vowel; in ayy the first is a consonant after a, the second a vowel.
        Assert.Equal("yy", PorterStemmer.Stem("yying"));
        Assert.Equal("ayi", PorterStemmer.Stem("ayy"));
    }

    [Fact]
    public void Squad_ArticlesAndMarks_AreIgnored()
    {
        Assert.Equal(1, Squad.ExactMatch("The Cat!", ["dog", "a cat"]));
        Assert.Equal(2 * 1 / 3.0, Squad.F1("black cat", ["cat"]), 14);
        Assert.Throws<AttuneException>(() => Squad.F1("x", []));
    }

    [Fact]
    public void LowerCasing_UnderTurkishCulture_IsInvariant()
    {
        string[] tokens = [];
        var thread = new Thread(() => tokens = [.. Rouge.Tokenize("TITLE IN"), Squad.Normalize("IN")]) { CurrentCulture = new CultureInfo("tr-TR") };
        thread.Start();
        thread.Join();
        Assert.Equal(["title", "in", "in"], tokens);
    }
}

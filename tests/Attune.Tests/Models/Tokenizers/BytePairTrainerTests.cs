using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Tests.Models.Tokenizers;

/// <summary>Merges worked by hand, and what holds for any text.</summary>
public sealed class BytePairTrainerTests
{
    // Sennrich's example: low 5, lower 2, newest 6, widest 3, each with an end of word "·". Symbols are numbered by letter.
    [Fact]
    public void Merge_LowLowerNewestWidest_FollowsTheCountsWorkedByHand()
    {
        const string Letters = "·deilnorstw";
        (string Word, long Count)[] words = [("low·", 5), ("lower·", 2), ("newest·", 6), ("widest·", 3)];
        var learner = new PairLearner(words.Select(w => (w.Word.Select(c => Letters.IndexOf(c, StringComparison.Ordinal)).ToArray(), w.Count)));
        var names = Letters.Select(c => c.ToString()).ToList();
        var learned = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            var (left, right) = learner.Best(1)!.Value;
            learned.Add($"{names[left]} {names[right]}");
            names.Add(names[left] + names[right]);
            learner.Merge(left, right, names.Count - 1);
        }
        // es, st and t· occur 9 times, e has the lowest number; then t· (9, 0) comes before es-t (11, 9), and both join. lo and ow occur
        // 7 times, l comes first. Of ew, ne and w-est·, 6 times each, e comes first, then n. All of newest· is one symbol now.
        Assert.Equal(["e s", "t ·", "es t·", "l o", "lo w", "e w", "n ew", "new est·"], learned);
        Assert.Equal((names.IndexOf("low"), names.IndexOf("·")), learner.Best(5));
        Assert.Null(learner.Best(6));
    }

    [Fact]
    public void Merge_RunOfOneSymbol_CountsPairsThatDoNotOverlap()
    {
        var learner = new PairLearner([([0, 0, 0, 0, 0], 1)]);
        Assert.Equal((0, 0), learner.Best(1));
        learner.Merge(0, 0, 1);
        // aa aa a: one pair of (aa, aa) and one of (aa, a).
        Assert.Equal((1, 0), learner.Best(1));
    }

    [Fact]
    public void Train_SmallText_GivesTheTokensWorkedByHand()
    {
        // Words: "low", " low", " low", " lower". lo and ow occur 4 times, ·l 3 times; l comes before o: lo, then low, then Ġlow.
        var trained = BytePairTrainer.Train(["low low low lower"], new BytePairTrainingOptions { VocabularySize = 260, SpecialTokens = ["<end>"] }).Load();
        Assert.Equal(260, trained.VocabularySize);
        Assert.Equal((0, 257, 258, 259), (trained.IdOf("<end>"), trained.IdOf("lo"), trained.IdOf("low"), trained.IdOf("Ġlow")));
        Assert.Equal([258, 259, 0], trained.Encode("low low<end>", addSpecial: false));
    }

    [Fact]
    public void Train_RarePairs_AreNotMerged()
    {
        // " ab" occurs twice and "ab" once: ab 3 times, all others less.
        var trained = BytePairTrainer.Train(["ab ab ab cd cd"], new BytePairTrainingOptions { VocabularySize = 400, MinimumFrequency = 3 }).Load();
        Assert.Equal((257, 256), (trained.VocabularySize, trained.IdOf("ab")));
    }

    [Fact]
    public void Train_TextsInAnyOrder_GiveTheSameFile()
    {
        var texts = Corpus.Sentences(200);
        var options = new BytePairTrainingOptions { VocabularySize = 500, Pattern = SplitPatterns.Llama3 };
        Assert.True(BytePairTrainer.Train(texts, options).Json.Span.SequenceEqual(BytePairTrainer.Train(texts.Reverse(), options).Json.Span));
    }

    [Theory]
    [InlineData(SplitPatterns.Gpt2)]
    [InlineData(SplitPatterns.Llama3)]
    [InlineData(@"\p{L}+|\s")]
    public void Train_AnyText_RoundTrips(string pattern)
    {
        var trained = BytePairTrainer.Train(Corpus.Sentences(200), new BytePairTrainingOptions { VocabularySize = 600, Pattern = pattern }).Load();
        foreach (var text in Corpus.Sentences(50).Concat(["", " ", "\u0000é日本\U0001F600\r\n\t  x", "unseen ZQ"]))
            Assert.Equal(text, trained.Decode(trained.Encode(text, addSpecial: false), skipSpecial: false));
        Assert.True(trained.Encode(string.Concat(Corpus.Sentences(50)), addSpecial: false).Length < 0.6 * string.Concat(Corpus.Sentences(50)).Length);
    }

    /// <summary>The pairs are those that counting anew before each merge would choose.</summary>
    [Fact]
    public void Best_AfterManyMerges_IsThatOfCountingAnew()
    {
        var random = new SeededRandom(3);
        var words = Enumerable.Range(0, 60).Select(_ => (Symbols: Enumerable.Range(0, 2 + random.Next(9)).Select(_ => random.Next(4)).ToArray(), Count: 1L + random.Next(5))).ToList();
        var learner = new PairLearner(words);
        for (var next = 4; learner.Best(2) is var (left, right); next++)
        {
            var counts = words.SelectMany(w => w.Symbols.Zip(w.Symbols.Skip(1), (a, b) => (Pair: (a, b), w.Count))).GroupBy(p => p.Pair).Select(g => (g.Key, Count: g.Sum(p => p.Count)));
            Assert.Equal(counts.OrderByDescending(c => c.Count).ThenBy(c => c.Key).First().Key, (left, right));
            learner.Merge(left, right, next);
            words = [.. words.Select(w => (Replaced(w.Symbols, left, right, next), w.Count))];
        }
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(500, 2)]
    public void Train_ImpossibleOptions_AreRefused(int size, int repeated)
    {
        var options = new BytePairTrainingOptions { VocabularySize = size, SpecialTokens = [.. Enumerable.Repeat("<s>", repeated)] };
        Assert.Throws<AttuneException>(() => BytePairTrainer.Train(["a"], options));
    }

    private static int[] Replaced(int[] word, int left, int right, int merged)
    {
        var result = new List<int>();
        foreach (var symbol in word)
            if (result.Count > 0 && result[^1] == left && symbol == right && merged >= 0)
                result[^1] = merged;
            else
                result.Add(symbol);
        return [.. result];
    }
}

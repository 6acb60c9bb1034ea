using Attune.Reproductions.Tagging;
using Attune.Tensors;

namespace Attune.Tests.Reproductions.Tagging;

public sealed class TaggingTests
{
    private const int Copula = TaggingVocabulary.Copula, Mask = TaggingVocabulary.Mask;

    private static readonly TaggingSizes Tiny = new() { WordsPerClass = 20, Layers = 1, Width = 16, Heads = 1, Batch = 8, Steps = 4, ForgetEvery = 2, EvaluationRows = 20, Evaluations = 2 };

    [Fact]
    public void Example_NounFirstAndAskedFor_IsWrittenByHand()
    {
        var example = new TaggingExample(Noun: 5, Adjective: 9, NounFirst: true, AsksNoun: true);
        var tokens = new int[TaggingExample.Length];
        example.WriteTokens(tokens);
        Assert.Equal([5, Copula, 9, 5, Mask, Mask, Mask], tokens);
        Assert.Equal(new TaggingAnswer(9, 5, 5), example.InContext);
    }

    [Fact]
    public void Example_AdjectiveFirstAndAskedFor_IsWrittenByHand()
    {
        var example = new TaggingExample(Noun: 5, Adjective: 9, NounFirst: false, AsksNoun: false);
        var tokens = new int[TaggingExample.Length];
        example.WriteTokens(tokens);
        Assert.Equal([Copula, 9, 5, 9, Mask, Mask, Mask], tokens);
        Assert.Equal(new TaggingAnswer(9, 9, 9), example.InContext);
    }

    [Fact]
    public void SwappedWords_ContextAndMemory_SayDifferentThings()
    {
        var vocabulary = new TaggingVocabulary(4, 2, 1, 0, new SeededRandom(1));
        int noun = vocabulary.Noun(0), adjective = vocabulary.Adjective(0);
        Assert.Equal((2, 6), (noun, adjective));
        // The adjective 6 stands as noun, the noun 2 as adjective.
        var asked = new TaggingExample(adjective, noun, NounFirst: true, AsksNoun: true);
        Assert.Equal((new TaggingAnswer(2, 6, 6), new TaggingAnswer(6, 6, 6)), (asked.InContext, asked.InWeights(vocabulary)));
        var other = asked with { AsksNoun = false };
        Assert.Equal((new TaggingAnswer(2, 2, 2), new TaggingAnswer(6, 2, 2)), (other.InContext, other.InWeights(vocabulary)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Rules_ReadFromTokens_AreTheRoutesOfTheExample(int set)
    {
        var vocabulary = new TaggingVocabulary(20, 10, 1.2, 0.1, new SeededRandom(2));
        var tokens = new int[TaggingExample.Length];
        foreach (var example in new TaggingExamples(vocabulary).Draw((TaggingSet)set, 300, new SeededRandom(3)))
        {
            example.WriteTokens(tokens);
            Assert.Equal(example.InContext, TaggingRules.ByOrder(tokens));
            Assert.Equal(example.InWeights(vocabulary), TaggingRules.ByMemory(tokens, vocabulary));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.2)]
    public void DrawRank_OverManyDraws_FollowsZipfsLaw(double zipf)
    {
        const int Draws = 20_000;
        var vocabulary = new TaggingVocabulary(12, 2, zipf, 0, new SeededRandom(1));
        var random = new SeededRandom(4);
        var counts = new int[12];
        for (var i = 0; i < Draws; i++)
            counts[vocabulary.DrawRank(random)]++;
        var total = Enumerable.Range(1, 12).Sum(r => Math.Pow(r, -zipf));
        for (var rank = 0; rank < 12; rank++)
        {
            var p = Math.Pow(rank + 1, -zipf) / total;
            Assert.InRange(counts[rank], Draws * p - 5 * Math.Sqrt(Draws * p * (1 - p)), Draws * p + 5 * Math.Sqrt(Draws * p * (1 - p)));
        }
    }

    [Fact]
    public void AmbiguousRanks_OneOfEachTenNeighbours_AreDrawnInBothRoles()
    {
        var vocabulary = new TaggingVocabulary(40, 2, 0, 0.1, new SeededRandom(5));
        for (var bin = 0; bin < 4; bin++)
            Assert.Single(vocabulary.Ranks(10 * bin, 10, ambiguous: true));
        var random = new SeededRandom(6);
        var nouns = Enumerable.Range(0, 8000).Select(_ => vocabulary.Draw(asNoun: true, random)).ToArray();
        foreach (var rank in vocabulary.Ranks(0, 40, ambiguous: true))
        {
            // As the noun, 200 draws of this rank are expected, half of which give the adjective.
            var asAdjective = nouns.Count(w => w == vocabulary.Adjective(rank));
            Assert.InRange(asAdjective, 100 - 50, 100 + 50);
        }
        Assert.All(vocabulary.Ranks(0, 40, ambiguous: false), rank => Assert.DoesNotContain(vocabulary.Adjective(rank), nouns));
    }

    [Fact]
    public void Sets_AreOfTheirOwnWords()
    {
        var vocabulary = new TaggingVocabulary(40, 6, 1.2, 0.1, new SeededRandom(7));
        var examples = new TaggingExamples(vocabulary);
        var random = new SeededRandom(8);
        Assert.All(examples.Draw(TaggingSet.Unseen, 200, random), e => Assert.True(e.Noun >= vocabulary.Known && e.Adjective >= vocabulary.Known && e.Noun != e.Adjective));
        Assert.All(examples.Draw(TaggingSet.SwitchedHead, 200, random), e => Assert.True(!vocabulary.IsNoun(e.Noun) && e.Noun < vocabulary.Adjective(4) && vocabulary.IsNoun(e.Adjective) && e.Adjective < vocabulary.Noun(4)));
        Assert.All(examples.Draw(TaggingSet.SwitchedTail, 200, random), e => Assert.True(e.Noun >= vocabulary.Adjective(36) && e.Adjective >= vocabulary.Noun(36)));
        Assert.All(examples.Draw(TaggingSet.Validation, 200, random), e => Assert.True(e.Noun < vocabulary.Known && e.Adjective < vocabulary.Known && e.Noun != e.Adjective));
    }

    [Fact]
    public void Shares_OfKnownReplies_AreCounted()
    {
        var vocabulary = new TaggingVocabulary(4, 2, 1, 0, new SeededRandom(1));
        var swapped = new TaggingExample(6, 2, NounFirst: true, AsksNoun: true);
        TaggingReply[] replies = [new(new(2, 6, 6), true), new(new(6, 6, 6), false), new(new(6, 6, 2), false), new(new(2, 6, 6), true)];
        Assert.Equal(new TaggingShares(0.5, 0.25, 0.5), TaggingShares.Of([swapped, swapped, swapped, swapped], replies, vocabulary));
    }

    [Fact]
    public void Training_LeavesUnseenTokensAsTheyWereDrawn()
    {
        using var trained = new TaggingTraining(Tiny, 0, new SeededRandom(9));
        Assert.Equal(["bert.embeddings.word_embeddings.weight", "cls.predictions.bias"], trained.Model.Tokens.Select(p => p.Name));
        var (table, known) = (trained.Model.Tokens[0], trained.Model.Vocabulary.Known);
        var before = table.Value.Span.ToArray();
        trained.Train(default);
        Assert.Equal(before[(known * table.Columns)..], table.Value.Span.ToArray()[(known * table.Columns)..]);
        Assert.NotEqual(before[..(known * table.Columns)], table.Value.Span.ToArray()[..(known * table.Columns)]);
        Assert.All(trained.Model.Tokens[1].Value.Span[known..].ToArray(), v => Assert.Equal(0, v));
    }
}

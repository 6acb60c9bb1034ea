using Attune.Data.Generators;
using Attune.Models.Tokenizers;
using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

/// <summary>What a predictor reaches that sees the order of labels and no text: of two sets that measure it must be chance.</summary>
public sealed class MeasuredEpisodeTests
{
    private const int Draws = 1500;

    private static readonly int[] Shots = [0, 1, 2, 4, 8, 16, 32];

    private static readonly EpisodeSource Source = Prepared();

    private static readonly Lazy<List<Document>>[] Sets = [.. Source.HeldOut.Select(s => new Lazy<List<Document>>(() => [.. Enumerable.Range(0, Draws).Select(i => s.Read(i)!)]))];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void HeldOut_ReadByTheOrderOfLabelsAlone_IsAtChance(int set)
    {
        foreach (var shot in Shots)
        {
            var (deviations, count) = Deviations(Sets[set].Value, shot);
            // 3.5 deviations: wrong once in 2,000 such numbers, of which 14 are looked at.
            Assert.True(count > 200 && Math.Abs(deviations) < 3.5, FormattableString.Invariant($"{deviations:0.0} deviations from chance behind {shot} rows, of {count}"));
        }
    }

    [Fact]
    public void Training_ReadByTheOrderOfLabelsAlone_IsAboveChance()
    {
        // Half of the episodes there deal labels in turn: the predictor is able to find what must not be in the sets that measure.
        var documents = Enumerable.Range(0, Draws).Select(i => Source.Read(i)).ToList();
        Assert.True(Deviations(documents, 2).Deviations > 5);
    }

    [Fact]
    public void HeldOut_Labels_AreAsFrequentAsEachOther()
    {
        var labels = Sets[0].Value.SelectMany(d => d.Labels).ToList();
        foreach (var ofCount in labels.GroupBy(l => l.Candidates.Count))
            for (var right = 0; right < ofCount.Key; right++)
            {
                var (n, p) = (ofCount.Count(), 1.0 / ofCount.Key);
                Assert.InRange((ofCount.Count(l => l.Right == right) - n * p) / Math.Sqrt(n * p * (1 - p)), -4, 4);
            }
    }

    /// <summary>Σ(score − chance) over its standard deviation, where the score is the probability that a predictor by order gives the right label.</summary>
    private static (double Deviations, int Count) Deviations(IEnumerable<Document> documents, int shot)
    {
        var (sum, squares, count) = (0.0, 0.0, 0);
        foreach (var document in documents.Where(d => d.Labels.Count > shot))
        {
            var label = document.Labels[shot];
            var guesses = Guesses([.. document.Labels.Take(shot).Select(l => l.Right)], label.Candidates.Count);
            var more = (guesses.Contains(label.Right) ? 1.0 / guesses.Count : 0) - 1.0 / label.Candidates.Count;
            (sum, squares, count) = (sum + more, squares + more * more, count + 1);
        }
        return (squares == 0 ? 0 : sum / Math.Sqrt(squares), count);
    }

    /// <summary>As long as every round has had each label once: those that the present round lacks. Else the most frequent ones.</summary>
    private static List<int> Guesses(int[] before, int labels)
    {
        var all = Enumerable.Range(0, labels).ToList();
        var rounds = before.Chunk(labels).ToList();
        if (before.Length % labels > 0 && rounds.All(r => r.Distinct().Count() == r.Length))
            return [.. all.Except(rounds[^1])];
        var most = all.Max(l => before.Count(b => b == l));
        return [.. all.Where(l => before.Count(b => b == l) == most)];
    }

    private static EpisodeSource Prepared()
    {
        var source = new EpisodeSource("episodes", null, new EpisodeOptions { MaxCharacters = 1500 }, new SeededRandom(11));
        source.Prepare(new DocumentEncoder(BytePairTrainer.Train([""], new BytePairTrainingOptions { VocabularySize = 257, SpecialTokens = [TokenizerPlan.EndOfText] }).Load(), 0, 4096), default);
        return source;
    }
}

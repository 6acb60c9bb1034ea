using Attune.Reproductions;
using Attune.Reproductions.GeneralLearner;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Reproductions.GeneralLearner;

public sealed class ExampleLearnerTests
{
    private static readonly LearnerSizes Sizes = new() { Inputs = 3, Classes = 2, Length = 9, Layers = 2, Batch = 4, Steps = 6, TestSequences = 8 };

    [Fact]
    public void Window_HidesWhatStandsFurtherBackThanItsLayersReach()
    {
        // Two layers of 3 positions reach 4 back: position 8 sees 4 and what follows.
        using var learner = new AttentionLearner(Sizes, 16, 3, new SeededRandom(1));
        Assert.Equal(0, Change(learner, 3, 8));
        Assert.NotEqual(0, Change(learner, 4, 8));
        Assert.Equal(2 * 2 * 16 * 3, learner.StateSize);
    }

    [Fact]
    public void Window_OfTheWholeSequence_HidesNothingAndHasTheSameParameters()
    {
        using AttentionLearner whole = new(Sizes, 16, Sizes.Length, new SeededRandom(1)), narrow = new(Sizes, 16, 3, new SeededRandom(1));
        Assert.NotEqual(0, Change(whole, 0, 8));
        Assert.Equal(narrow.Parameters.Select(p => (p.Name, p.Rows, p.Columns)), whole.Parameters.Select(p => (p.Name, p.Rows, p.Columns)));
    }

    [Fact]
    public void Lstm_OfOneUnit_IsWorkedByHand()
    {
        using var learner = new LstmLearner(1, 2, 1, new SeededRandom(1));
        void Set(string name, params float[] values) => values.CopyTo(learner.Parameters.Single(p => p.Name == name).Value.Span);
        // Gates i, f, g, o read the first number of the vector, the state, and a bias.
        Set("input.weight", 1, 0, 0.5f, 0, 2, 0, -1, 0);
        Set("hidden.weight", 0.5f, 1, -1, 2);
        Set("input.bias", 0, 1, 0, 0);
        Set("hidden.bias", 0, 0, 0, 0.5f);
        Set("output.weight", 3);
        Set("output.bias", -1);
        var sequences = new TaskSequences(1, 2, 1, 1);
        (sequences.Vectors[0], sequences.Vectors[2]) = (0.3f, -0.7f);
        using var graph = new Graph(recording: false);
        var y = learner.Logits(graph, sequences);
        double h = 0, c = 0;
        foreach (var (x, row) in new[] { (0.3, 0), (-0.7, 1) })
        {
            c = Sigmoid(0.5 * x + h + 1) * c + Sigmoid(x + 0.5 * h) * Math.Tanh(2 * x - h);
            h = Sigmoid(-x + 2 * h + 0.5) * Math.Tanh(c);
            Assert.Equal(3 * h - 1, y[row][0], 1e-6);
        }
    }

    [Fact]
    public void Lstm_OfABatch_GivesEachSequenceItsOwn()
    {
        using var learner = new LstmLearner(6, 5, 2, new SeededRandom(2));
        var data = new GaussianClusters(2, 3, 0.5, new SeededRandom(3));
        var batch = new TaskSequences(3, 9, 3, 2).Fill(data, r => TransformedTask.Draw(3, 2, r), new SeededRandom(4));
        using var graph = new Graph(recording: false);
        var all = learner.Logits(graph, batch).Span.ToArray();
        for (var s = 0; s < 3; s++)
        {
            var one = new TaskSequences(1, 9, 3, 2);
            batch.Vectors.AsSpan(s * 45, 45).CopyTo(one.Vectors);
            graph.Reset();
            Assert.Equal(all[(s * 18)..(s * 18 + 18)], learner.Logits(graph, one).Span.ToArray());
        }
    }

    [Fact]
    public void Scores_OfKnownLogits_AreWorkedByHand()
    {
        var sequences = new TaskSequences(2, 2, 1, 2);
        sequences.SetLabel(0, 1, 1);
        sequences.SetLabel(1, 0, 1);
        using var graph = new Graph(recording: false);
        var logits = graph.Persistent.Matrix(4, 2);
        float[] values = [0, 0, 0, MathF.Log(3), MathF.Log(3), 0, 0, MathF.Log(3)];
        values.CopyTo(logits.Span);
        var scores = PositionScores.Of(logits, sequences);
        // Labels 0, 1 | 1, 0; of equal scores the first is said.
        Assert.Equal([0.5, 0.5], scores.Accuracy);
        Assert.Equal((Math.Log(2) + Math.Log(4)) / 2, scores.Loss[0], 1e-6);
        Assert.Equal((Math.Log(4.0 / 3) + Math.Log(4)) / 2, scores.Loss[1], 1e-6);
        Assert.Equal(0, scores.Gain);
    }

    [Theory]
    [InlineData(0.25, 0.25, 0.25, "Fails")]
    [InlineData(0.36, 0.36, 0.25, "Memorises")]
    [InlineData(0.25, 0.36, 0.25, "Identifies")]
    [InlineData(0.36, 0.9, 0.36, "Generalises")]
    [InlineData(0.25, 0.33, 0.33, "Fails")]
    public void Zone_OfShares_IsAsDefined(double seenFirst, double seenLast, double unseenLast, string expected)
    {
        PositionScores Of(double first, double last) => new([first, last], [1, 1]);
        var unseen = Of(0.25, unseenLast);
        Assert.Equal(expected, new LearnerOutcome(Of(seenFirst, seenLast), unseen, unseen, unseen, [], 1, 1, 1).ZoneAt(0.25).ToString());
    }

    [Fact]
    public void MetaTraining_RunTwice_GivesTheSameScoresAndLearnsOneTask()
    {
        var sizes = new LearnerSizes { Inputs = 4, Classes = 2, Length = 6, Layers = 1, Batch = 16, Steps = 200, TestSequences = 100, Rate = 1e-2, Noise = 0.2 };
        LearnerOutcome Train()
        {
            using var learner = new AttentionLearner(sizes, 16, 6, new SeededRandom(5));
            return new MetaTraining(sizes, 1, new SeededRandom(6)).Run(learner, default);
        }
        LearnerOutcome a = Train(), b = Train();
        Assert.Equal(a.Unseen.Accuracy, b.Unseen.Accuracy);
        Assert.Equal(a.FinalLoss, b.FinalLoss);
        // One task of two well separated classes is ordinary classification: right from the first position on.
        Assert.All(a.Seen.Accuracy, share => Assert.InRange(share, 0.95, 1));
    }

    /// <summary>How much the scores at a position change with the example of another.</summary>
    private static double Change(IExampleLearner learner, int changed, int read)
    {
        var data = new GaussianClusters(2, 3, 0.5, new SeededRandom(3));
        var sequences = new TaskSequences(1, Sizes.Length, 3, 2).Fill(data, _ => TransformedTask.Plain(2), new SeededRandom(4));
        using var graph = new Graph(recording: false);
        var before = learner.Logits(graph, sequences)[read].ToArray();
        sequences.Vectors[changed * sequences.Columns] += 1;
        graph.Reset();
        var after = learner.Logits(graph, sequences)[read];
        return before.Zip(after.ToArray(), (x, y) => Math.Abs((double)x - y)).Max();
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}

using Attune.Data;
using Attune.Methods;
using Attune.Methods.Head;
using Attune.Models;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods;

public sealed class TartTests
{
    private static readonly TartPlan Tiny = new() { Dimensions = 2, Pairs = 9, Layers = 2, Heads = 2, Width = 32, Batch = 32, Steps = 300, FirstPairs = 9, VariesCleanness = false };

    [Fact]
    public void Plan_Curriculum_GrowsFromTheFirstToAll()
    {
        var plan = new TartPlan { Steps = 100, CurriculumShare = 0.5, FirstPairs = 10, Pairs = 60, FirstDimensions = 2, Dimensions = 8 };
        Assert.Equal([10, 35, 60, 60], new[] { 0, 25, 50, 99 }.Select(plan.PairsAt));
        Assert.Equal([2, 5, 8, 8], new[] { 0, 25, 50, 99 }.Select(plan.DimensionsAt));
    }

    [Fact]
    public void Draw_Tasks_LabelsFollowTheLogitsAndDeadCoordinatesAreZero()
    {
        var tasks = LogisticTasks.Draw(new SeededRandom(1), 200, 10, 4, 3, 10);
        var agree = 0;
        for (var row = 0; row < 2000; row++)
        {
            Assert.Equal(0, tasks.X[row * 4 + 3]);
            var score = Enumerable.Range(0, 4).Sum(i => (double)tasks.X[row * 4 + i] * tasks.W[row / 10 * 4 + i]);
            agree += score > 0 == (tasks.Y[row] == 1) ? 1 : 0;
        }
        // With α = 10 a label is turned only where |w·x| is a few tenths or less: about 1 in 25.
        Assert.InRange(agree / 2000.0, 0.93, 0.99);
        // w ~ N(0, 10²).
        Assert.InRange(tasks.W.Average(w => w * w), 85, 115);
    }

    [Fact]
    public void Features_OfTheRowsFittedOn_HaveMean0AndCovarianceI()
    {
        var rows = Embeddings(40, 12);
        var features = WhitenedFeatures.Fit(rows, 6);
        var z = features.Of(rows);
        for (var a = 0; a < 6; a++)
            for (var b = 0; b < 6; b++)
            {
                Assert.Equal(0, Enumerable.Range(0, 40).Average(r => (double)z[r * 6 + a]), 1e-5);
                Assert.Equal(a == b ? 1 : 0, Enumerable.Range(0, 40).Sum(r => (double)z[r * 6 + a] * z[r * 6 + b]) / 39, 1e-5);
            }
    }

    [Fact]
    public void Features_OfFewRows_UseHalfAsManyCoordinates()
    {
        var rows = Embeddings(6, 12);
        var features = WhitenedFeatures.Fit(rows, 8);
        Assert.Equal(3, features.Used);
        Assert.All(Enumerable.Range(0, 6), r => Assert.All(features.Of(rows).AsSpan(r * 8 + 3, 5).ToArray(), v => Assert.Equal(0, v)));
    }

    [Fact]
    public void Train_OnTasksOfTwoCoordinates_PredictsFreshOnes()
    {
        using var reasoner = TartTraining.Train(Tiny, new SeededRandom(3));
        var tasks = LogisticTasks.Draw(new SeededRandom(4), 100, 9, 2, 2, 10);
        using var graph = new Graph(recording: false);
        var logits = reasoner.Logits(graph, tasks.X, tasks.Y, 100, 9).Span;
        var (right, first) = (0, 0.0);
        for (var t = 0; t < 100; t++)
        {
            right += logits[t * 9 + 8] > 0 == (tasks.Y[t * 9 + 8] == 1) ? 1 : 0;
            first += Math.Abs(1 / (1 + Math.Exp(-logits[t * 9])) - 0.5) / 100;
        }
        // Chance is 50 ± 5 of 100; nothing is known of the first point, so p is about ½ there.
        Assert.InRange(right, 65, 100);
        Assert.InRange(first, 0, 0.1);
    }

    [Fact]
    public void Logits_LastLabelChanged_SameBits()
    {
        using var reasoner = new TartReasoner(Tiny, new SeededRandom(3));
        var tasks = LogisticTasks.Draw(new SeededRandom(4), 3, 9, 2, 2, 1);
        using var graph = new Graph(recording: false);
        var before = reasoner.Logits(graph, tasks.X, tasks.Y, 3, 9).Span.ToArray();
        for (var t = 0; t < 3; t++)
            tasks.Y[t * 9 + 8] = 1 - tasks.Y[t * 9 + 8];
        graph.Reset();
        Assert.Equal(before, reasoner.Logits(graph, tasks.X, tasks.Y, 3, 9).Span.ToArray());
    }

    [Fact]
    public void Logits_AnEarlierLabelChanged_ChangesLaterPointsAlone()
    {
        using var reasoner = new TartReasoner(Tiny, new SeededRandom(3));
        var tasks = LogisticTasks.Draw(new SeededRandom(4), 1, 9, 2, 2, 1);
        using var graph = new Graph(recording: false);
        var before = reasoner.Logits(graph, tasks.X, tasks.Y, 1, 9).Span.ToArray();
        tasks.Y[4] = 1 - tasks.Y[4];
        graph.Reset();
        var after = reasoner.Logits(graph, tasks.X, tasks.Y, 1, 9).Span.ToArray();
        Assert.Equal(before[..5], after[..5]);
        Assert.All(Enumerable.Range(5, 4), i => Assert.NotEqual(before[i], after[i]));
    }

    [Fact]
    public void Predict_ManyQueries_EqualsTheLogitsOfEachSequence()
    {
        using var reasoner = new TartReasoner(Tiny, new SeededRandom(3));
        var tasks = LogisticTasks.Draw(new SeededRandom(4), 1, 9, 2, 2, 1);
        using var graph = new Graph(recording: false);
        var expected = reasoner.Logits(graph, tasks.X, tasks.Y, 1, 9).Span[8];
        // 250 queries are more than a pass takes.
        var queries = Enumerable.Range(0, 250).SelectMany(_ => tasks.X[16..]).ToArray();
        Assert.All(reasoner.Predict(tasks.X.AsSpan(0, 16), tasks.Y.AsSpan(0, 8), queries), l => Assert.Equal(expected, l));
    }

    [Fact]
    public void Save_RoundedReasoner_LoadsToTheSameBits()
    {
        using var reasoner = new TartReasoner(Tiny, new SeededRandom(5));
        reasoner.RoundToHalf();
        var bag = new TensorBag();
        reasoner.Save(bag);
        using var loaded = TartReasoner.Load(bag);
        var tasks = LogisticTasks.Draw(new SeededRandom(4), 1, 9, 2, 2, 1);
        Assert.Equal(reasoner.Predict(tasks.X.AsSpan(0, 16), tasks.Y.AsSpan(0, 8), tasks.X.AsSpan(16)), loaded.Predict(tasks.X.AsSpan(0, 16), tasks.Y.AsSpan(0, 8), tasks.X.AsSpan(16)));
    }

    [Fact]
    public void Fit_MoreRowsThanTheReasonerTakes_LeavesSomeOutAndSaysSo()
    {
        var fitted = Fit(Rows(80, 2), 2);
        Assert.Contains(fitted.Notes, n => n.Contains("takes 65 labelled rows; 15 of 80 were left out", StringComparison.Ordinal));
    }

    [Fact]
    public void Predict_ThreeLabels_SharesAddToOneAndShippedReasonerReadsTheRows()
    {
        var rows = Rows(45, 3);
        var fitted = Fit(rows, 3);
        using var encoder = TinyModels.Encoder();
        using var predictor = new Predictor(fitted, null, encoder, OverflowPolicy.Error);
        var predictions = predictor.Predict([.. rows.Select(r => r.Input)]);
        Assert.All(predictions, p => Assert.Equal(1, p.Probabilities.Sum(), 1e-9));
        // The rows themselves, whose label is a word in them: a third would be chance.
        Assert.InRange(predictions.Zip(rows, (p, r) => p.Label == r.Label ? 1.0 : 0).Average(), 0.6, 1);
    }

    [Fact]
    public void Fit_ReasonerThatLearnsNothing_SaysSo()
    {
        using var encoder = TinyModels.Encoder();
        var context = new FitContext { Task = Task(2), Examples = Rows(8, 2), Encoder = encoder, Seed = 1 };
        var message = Assert.Throws<AttuneException>(() => new Tart().Fit(context, new TartOptions { TrainSteps = 500, TrainBatch = 1, TrainRate = 1e-9 })).Message;
        Assert.Contains("another --seed or a lower train-rate", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_NegativeTrainSteps_SaysWhatToGive()
    {
        using var encoder = TinyModels.Encoder();
        var context = new FitContext { Task = Task(2), Examples = Rows(8, 2), Encoder = encoder, Seed = 1 };
        Assert.Contains("train-steps is -1", Assert.Throws<AttuneException>(() => new Tart().Fit(context, new TartOptions { TrainSteps = -1 })).Message, StringComparison.Ordinal);
    }

    private static Adaptation Fit(IReadOnlyList<Example> rows, int labels)
    {
        using var encoder = TinyModels.Encoder();
        return new Tart().Fit(new FitContext { Task = Task(labels), Examples = rows, Encoder = encoder, Seed = 1 }, new TartOptions());
    }

    private static TaskSpec Task(int labels) => TinyModels.Task(2).Task with { Labels = [.. new[] { "great", "awful", "dull" }.Take(labels)] };

    private static IReadOnlyList<Example> Rows(int count, int labels)
    {
        var names = Task(labels).Labels;
        string[] fill = ["the film", "a movie", "the plot", "acting", "very fun"];
        return [.. Enumerable.Range(0, count).Select(i => new Example($"train:{i + 1}", Input.FromText($"{fill[i % 5]} was {names[i % labels]} {names[i % labels]} {fill[i / 5 % 5]}"), names[i % labels], null, i + 1))];
    }

    private static float[][] Embeddings(int rows, int columns)
    {
        var random = new SeededRandom(2);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(i => (float)(1 + random.NextNormal() / (i + 1))).ToArray())];
    }
}

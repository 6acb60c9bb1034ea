using Attune.Reproductions.ImplicitTuning;
using Attune.Reproductions.Texts;
using Attune.Tensors;

namespace Attune.Tests.Reproductions;

public sealed class ImplicitTuningTests
{
    [Fact]
    public void LinearAttention_ByHand()
    {
        // (1, 2)·(3, 1) = 5 and (0, 1)·(3, 1) = 1: 5·(1, 0) + 1·(10, 20).
        Assert.Equal([15, 20], DualForm.LinearAttention([[1, 0], [10, 20]], [[1, 2], [0, 1]], [3, 1]));
        Assert.Equal([15, 20], DualForm.Apply(DualForm.Update([[1, 0], [10, 20]], [[1, 2], [0, 1]]), [3, 1]));
    }

    /// <summary>W = 1, γ = 0.1: x = 2, y = 1 gives e = −0.1·(2 − 1) and W = 0.8; x = 1, y = 0 gives e = −0.08 and W = 0.72. At 3: 2.16 = 3 − 0.1·6 − 0.08·3.</summary>
    [Fact]
    public void Descent_ByHand_IsLinearAttentionToItsInputs()
    {
        var (layer, errors) = DualForm.Descend([[1]], [[2], [1]], [[1], [0]], 0.1);
        Assert.Equal(0.72, layer[0][0], 12);
        Assert.Equal([-0.1, -0.08], errors.Select(e => e[0]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(-0.84, DualForm.LinearAttention(errors, [[2], [1]], [3])[0], 12);
    }

    /// <summary>Demonstrations in another order, keys shared by two query heads: a model's own maps on its own states.</summary>
    [Fact]
    public void ModelDual_OfASmallModel_IsExactAndSeesEveryToken()
    {
        var task = TinyTask.Create(new SeededRandom(1), 30);
        using var model = TinyTask.Model(new SeededRandom(2));
        var (shown, query) = (task.Train([4], new SeededRandom(3)), task.Test(2, new SeededRandom(4))[0]);
        Assert.InRange(ModelDual.Error(model, task, shown, query, new SeededRandom(5)), 1e-20, 1e-12);
    }

    /// <summary>Tuning turns most queries where demonstrations help most, and within each task those are no special ones: 8 of 10 where the share is 0.8, 1 of 2 where it is 0.5; pooled 9 of 12 against 0.65.</summary>
    [Fact]
    public void Excess_OfTasksThatDifferAlone_IsNone()
    {
        double Excess(params (int Turned, int Recalled, double Share)[] tasks) => TurnedQueries.Excess([.. tasks.Select(t => Scores(t.Turned, t.Recalled, t.Share))], s => s.Tuned);
        Assert.Equal(0, Excess((10, 8, 0.8), (2, 1, 0.5)), 12);
        Assert.Equal(0.25, Excess((10, 10, 0.8), (2, 2, 0.5)), 12);
        Assert.Equal(0, Excess((0, 0, 0.8)));
    }

    [Fact]
    public void Recall_SamePredictions_IsAll()
    {
        bool[] zero = [true, false, false, false], tuned = [false, true, true, false];
        Assert.Equal((2, 2), Overlap.Recall(zero, tuned, tuned));
        Assert.Equal((1, 2), Overlap.Recall(zero, tuned, [true, true, false, true]));
    }

    [Fact]
    public void Overlaps_OfATraceWithItself_AreOne()
    {
        var (zero, other) = (Trace(1), Trace(2));
        Assert.Equal(1, Overlap.Updates(zero, other, other), 1e-6);
        Assert.Equal(1, Overlap.Maps(other, other, 2), 1e-6);
        Assert.InRange(Overlap.Maps(zero, other, 2), -0.99, 0.99);
    }

    [Theory]
    [InlineData(new double[] { 3, 1, 2 }, new double[] { 30, 10, 20 }, 1)]
    [InlineData(new double[] { 3, 1, 2 }, new double[] { 1, 3, 2 }, -1)]
    [InlineData(new double[] { 1, 1, 1 }, new double[] { 1, 3, 2 }, 0)]
    public void Rank_EqualReversedAndConstant(double[] a, double[] b, double expected) => Assert.Equal(expected, Overlap.Rank(a, b), 1e-12);

    [Fact]
    public void Read_DemonstrationsAsPrefix_EqualsTheWholePrompt()
    {
        var task = TinyTask.Create(new SeededRandom(1), 30);
        using var model = TinyTask.Model(new SeededRandom(2));
        using var reader = new AttentionReader(model);
        var (demonstrations, query) = (task.Train([4], new SeededRandom(3)), task.Test(2, new SeededRandom(4))[0]);
        var behind = reader.Read(task, [query], null, reader.Demonstrations(task, demonstrations), default)[0];
        int[] prompt = [.. demonstrations.SelectMany(task.Demonstration)];
        var whole = reader.Read(task, [query with { Input = [.. prompt, .. query.Input] }], null, null, default)[0];
        for (var l = 0; l < model.Layers; l++)
        {
            Assert.Equal(whole.Outputs[l], behind.Outputs[l]);
            // By head: the whole prompt's logits end with those of the query's own tokens.
            var (all, own) = (prompt.Length + query.Input.Length, query.Input.Length);
            for (var h = 0; h < model.Heads; h++)
                Assert.Equal(whole.Logits[l].AsSpan(h * all + prompt.Length, own).ToArray(), behind.Logits[l].AsSpan(h * own, own).ToArray());
            Assert.Equal(prompt.Length, behind.Demonstrations[l].Length);
            Assert.InRange(behind.Demonstrations[l].Sum(), 0, model.Heads);
        }
        Assert.Equal(whole.Scores, behind.Scores);
        Assert.Empty(whole.Demonstrations[0]);
    }

    [Fact]
    public void Train_KeysAndValues_LeavesTheModelAndRaisesTheLabelsScore()
    {
        var task = TinyTask.Create(new SeededRandom(1), 30);
        using var model = TinyTask.Model(new SeededRandom(2));
        using var reader = new AttentionReader(model);
        var before = TinyModels.Checksum(model);
        PromptRow[] rows = [.. task.Train([4], new SeededRandom(3)).Where(r => r.Label == 1)];
        using var tuning = KeyValueTuning.Train(model, task, rows, 0.1, default);
        Assert.Equal(before, TinyModels.Checksum(model));
        double Score(KeyValueTuning? tuned) => reader.Read(task, rows, tuned, null, default).Average(t => t.Scores[1] - t.Scores[0]);
        Assert.True(Score(tuning) > Score(null));
        var tokens = rows.Sum(r => r.Input.Length + 1);
        Assert.All(tuning.Queries, q => Assert.Equal(tokens * model.Heads * model.HeadDim, q.Length));
    }

    [Fact]
    public void Places_OfDemonstrations_SkipFirstTokensAndSeparators()
    {
        var task = new PromptTask("hand", [], [], [[50], [51, 52]], [9], [1]);
        PromptRow[] rows = [new("", [10, 11], 0), new("", [12, 13], 1)];
        // Prompt: 1 | 10 11 50 9 | 12 13 51 52 9; trained: 1 10 11 50 | 1 12 13 51 52.
        Assert.Equal([(2, 2), (3, 3), (6, 6), (7, 7), (8, 8)], OverlapCell.Places(task, rows, rows));
        // Trained on with exchanged labels, 1 10 11 51 52 | 1 12 13 50, the first word of each label is compared.
        Assert.Equal([(2, 2), (3, 3), (6, 7), (7, 8)], OverlapCell.Places(task, rows, [rows[0] with { Label = 1 }, rows[1] with { Label = 0 }]));
    }

    [Fact]
    public void Momentum_ByHand_IsItsRecursion() => Assert.Equal([0, 0.5, 1.25, 2.125], MomentumAttention.Recursion([1, 2, 3, 4], 0.5));

    private static OverlapScores Scores(int turned, int recalled, double share)
    {
        var queries = new TurnedQueries([.. Enumerable.Repeat(new PromptRow("", [], 0), turned)], recalled);
        return new OverlapScores
        {
            Tuned = queries, Permuted = queries, TurnedByDemonstrations = share, Updates = 0, PermutedUpdates = 0, RandomUpdates = 0, MapsBefore = 0, MapsAfter = 0, PermutedMapsAfter = 0,
            Kendall = 0, PermutedKendall = 0, RandomKendall = 0, Zero = 0, InContext = 0, TunedRight = 0, PermutedRight = 0,
        };
    }

    private static QueryTrace Trace(ulong seed)
    {
        var random = new SeededRandom(seed);
        float[][] Layers(int count) => [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, count).Select(_ => (float)random.NextNormal()).ToArray())];
        return new QueryTrace(Layers(8), Layers(10), Layers(4), Layers(8), [0, 1]);
    }
}

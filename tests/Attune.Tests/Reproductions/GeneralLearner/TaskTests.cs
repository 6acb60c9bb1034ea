using Attune.Reproductions.GeneralLearner;
using Attune.Tensors;

namespace Attune.Tests.Reproductions.GeneralLearner;

public sealed class TaskTests
{
    [Fact]
    public void Transform_ByAKnownMatrix_IsWorkedByHand()
    {
        var task = new TransformedTask([1, 2, 3, 4], [1, 0]);
        var x = new float[2];
        task.Transform([1, 10], x);
        Assert.Equal([21, 43], x);
        TransformedTask.Plain(2).Transform([1, 10], x);
        Assert.Equal([1, 10], x);
    }

    [Fact]
    public void Draw_ManyTasks_HaveProjectionsOfVarianceOneOverInputs()
    {
        var random = new SeededRandom(1);
        var entries = Enumerable.Range(0, 400).SelectMany(_ => TransformedTask.Draw(5, 3, random).Projection).ToArray();
        // 10,000 numbers of N(0, 1/5): five standard errors of mean square.
        Assert.InRange(entries.Average(v => v * v) * 5, 1 - 5 * Math.Sqrt(2.0 / 10_000), 1 + 5 * Math.Sqrt(2.0 / 10_000));
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal([0, 1, 2], TransformedTask.Draw(5, 3, random).Names.Order()));
    }

    [Fact]
    public void TaskList_OfKTasks_GivesThoseKAndNoOthers()
    {
        var (random, stream) = (new SeededRandom(2), new SeededRandom(3));
        var three = new TaskList(3, 2, 4, random);
        var expected = Enumerable.Range(0, 3).Select(i => TransformedTask.Numbered(i, 2, 4, random).Projection[0]).Order().ToArray();
        Assert.Equal(expected, Enumerable.Range(0, 100).Select(_ => three.Draw(stream).Projection[0]).Distinct().Order());
        var many = new TaskList(1L << 40, 2, 4, random);
        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => many.Draw(stream).Projection[0]).Distinct().Count());
    }

    [Fact]
    public void Sequences_HoldTheLabelOfTheExampleBefore()
    {
        var sequences = new TaskSequences(1, 3, 2, 3).Fill(new Counting(), _ => new TransformedTask([], [2, 0, 1]), new SeededRandom(4));
        // Classes 0, 1, 2 become 2, 0, 1; a position reads its x and the label before.
        Assert.Equal([2, 0, 1], sequences.Labels);
        Assert.Equal([0, 0, 0, 0, 0, 1, 10, 0, 0, 1, 2, 20, 1, 0, 0], sequences.Vectors);
        sequences.SetLabel(0, 1, 2);
        Assert.Equal([2, 20, 0, 0, 1], sequences.Vectors[10..]);
        Assert.Equal([2, 2, 1], sequences.Labels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void StandardisedData_HaveMeanZeroAndDeviationOne(bool arcs)
    {
        var random = new SeededRandom(5);
        IBaseData raw = arcs ? new ArcClasses(3, 6, 0.2, random) : new GaussianClusters(3, 6, 0.4, random);
        var data = new StandardisedData(raw, random.Fork("sample"));
        var (x, sum, squares, labels) = (new double[6], 0.0, 0.0, new int[3]);
        for (var i = 0; i < 20_000; i++)
        {
            labels[data.Draw(random, x)]++;
            (sum, squares) = (sum + x.Sum(), squares + x.Sum(v => v * v));
        }
        Assert.InRange(sum / 120_000, -0.05, 0.05);
        Assert.InRange(squares / 120_000, 0.95, 1.05);
        Assert.All(labels, n => Assert.InRange(n, 20_000 / 3 - 350, 20_000 / 3 + 350));
    }

    [Fact]
    public void PrefixRules_OnPointsOfALine_AreWorkedByHand()
    {
        var sequences = Line((0, 0), (10, 1), (2, 1), (9, 0), (1, 1));
        // Nearest before: none, 0, 0, 10, 0 or 2 (the first of equals).
        Assert.Equal([0, 0, 0, 1, 0], PrefixRules.NearestNeighbour(sequences));
        // Means before: none; 0; {0}, {10}; {0}, {10, 2} = 6; {0, 9} = 4.5, 6.
        Assert.Equal([0, 0, 0, 1, 0], PrefixRules.NearestMean(sequences));
        Assert.Equal([1, 0, 0, 0, 0], PrefixRules.Accuracy(sequences, PrefixRules.NearestNeighbour(sequences)));
    }

    /// <summary>One example of class 0 at −1 leans to 0 at ½ too; with ½ in class 1 the border lies between.</summary>
    [Fact]
    public void LogisticRegression_OnPointsOfALine_PartsThem() =>
        Assert.Equal([0, 0, 0, 1, 0], PrefixRules.LogisticRegression(Line((-1, 0), (0.5f, 1), (-2, 0), (2, 1), (-1.2f, 0))));

    [Fact]
    public void PrefixRules_UnderOtherNames_SayTheOtherNames()
    {
        var data = new GaussianClusters(4, 3, 0.5, new SeededRandom(6));
        int[] rename = [2, 3, 1, 0];
        TaskSequences Of(int[] names) => new TaskSequences(20, 12, 3, 4).Fill(data, _ => new TransformedTask([], names), new SeededRandom(7));
        TaskSequences plain = Of([0, 1, 2, 3]), renamed = Of(rename);
        foreach (var rule in (Func<TaskSequences, int[]>[])[PrefixRules.NearestNeighbour, PrefixRules.NearestMean])
        {
            int[] before = rule(plain), after = rule(renamed);
            // Before any example both rules say 0, whatever it is called.
            for (var row = 0; row < before.Length; row++)
                if (row % 12 != 0)
                    Assert.Equal(rename[before[row]], after[row]);
        }
    }

    private static TaskSequences Line(params (float X, int Label)[] points)
    {
        var sequences = new TaskSequences(1, points.Length, 1, 2);
        for (var i = 0; i < points.Length; i++)
        {
            sequences.Vectors[i * 3] = points[i].X;
            sequences.SetLabel(0, i, points[i].Label);
        }
        return sequences;
    }

    /// <summary>Classes in turn; example i of the vector (i, 10·i).</summary>
    private sealed class Counting : IBaseData
    {
        private int next;

        public int Inputs => 2;

        public int Classes => 3;

        public int Draw(SeededRandom random, Span<double> x)
        {
            (x[0], x[1]) = (next, 10 * next);
            return next++ % 3;
        }
    }
}

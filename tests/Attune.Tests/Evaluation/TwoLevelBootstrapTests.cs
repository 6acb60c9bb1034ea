using Attune.Evaluation.Metrics;
using Attune.Evaluation.Statistics;
using Attune.Tensors;

namespace Attune.Tests.Evaluation;

public sealed class TwoLevelBootstrapTests
{
    [Fact]
    public void Mean_ConstantValues_IntervalIsTheConstant()
    {
        var result = TwoLevelBootstrap.Mean([[0.5, 0.5], [0.5, 0.5, 0.5]], new SeededRandom(1), 200);
        Assert.Equal(new BootstrapInterval(0.5, 0.5, 0.5), result);
    }

    [Fact]
    public void Mean_OneSeed_IsTheBinomialInterval()
    {
        // 140 of 200 right: 0.7 ± 1.96·√(0.7·0.3/200) = 0.7 ± 0.0635.
        var result = TwoLevelBootstrap.Mean([Rights(200, 140)], new SeededRandom(2));
        Assert.Equal(0.7, result.Estimate, 12);
        Assert.Equal(0.7 - 0.0635, result.Low, 0.006);
        Assert.Equal(0.7 + 0.0635, result.High, 0.006);
    }

    [Fact]
    public void Mean_RowsAllAlikeWithinSeeds_IsTheIntervalOfSeeds()
    {
        // Of 27 draws of three seeds one gives 0 and one 0.6, each 3.7% and so more than 2.5%.
        var result = TwoLevelBootstrap.Mean([[0, 0], [0.3, 0.3], [0.6, 0.6]], new SeededRandom(3));
        Assert.Equal(0.3, result.Estimate, 12);
        Assert.Equal(0, result.Low, 12);
        Assert.Equal(0.6, result.High, 12);
    }

    [Fact]
    public void Mean_SeedsThatDiffer_IsWiderThanRowsAlone()
    {
        double[][] seeds = [Rights(200, 120), Rights(200, 140), Rights(200, 160)];
        var both = TwoLevelBootstrap.Mean(seeds, new SeededRandom(4));
        var rows = TwoLevelBootstrap.Mean([seeds.SelectMany(s => s).ToArray()], new SeededRandom(4));
        // Variances: rows 0.21/600 (nearly), seeds (0.1²·2/3)/3 on top.
        Assert.Equal(2 * 1.96 * Math.Sqrt(0.21 / 600), rows.High - rows.Low, 0.006);
        Assert.Equal(2 * 1.96 * Math.Sqrt((0.24 + 0.21 + 0.16) / 3 / 600 + 0.02 / 9), both.High - both.Low, 0.02);
    }

    [Fact]
    public void Difference_AlwaysAbove_HasTheLeastP()
    {
        var result = TwoLevelBootstrap.Difference([[0.1, 0.2], [0.3, 0.1]], new SeededRandom(5), 999);
        Assert.Equal(0.175, result.Estimate, 12);
        Assert.True(result.Low > 0);
        Assert.Equal(2 / 1000.0, result.P, 12);
    }

    [Fact]
    public void Difference_None_HasPOfOne()
    {
        var right = Rights(50, 30);
        var result = TwoLevelBootstrap.Difference([right, right], [right, right], new SeededRandom(6), 500);
        Assert.Equal(new BootstrapDifference(0, 0, 0, 1), result);
    }

    [Fact]
    public void Difference_TwoSeedsOfOneRow_PCountsDrawsOnEitherSide()
    {
        var result = TwoLevelBootstrap.Difference([[-1], [2]], new SeededRandom(7));
        // Of four draws one is −1, two are ½, one is 2: p = 2·¼.
        Assert.Equal(0.5, result.P, 0.03);
    }

    [Fact]
    public void Difference_OfTwo_EqualsThatOfTheirDifferences()
    {
        double[][] a = [[1, 0, 1], [0, 0]];
        double[][] b = [[1, 1, 1], [1, 0]];
        var two = TwoLevelBootstrap.Difference(a, b, new SeededRandom(8), 300);
        Assert.Equal(TwoLevelBootstrap.Difference([[0, 1, 0], [1, 0]], new SeededRandom(8), 300), two);
    }

    [Fact]
    public void Statistic_Accuracy_EqualsMeanOfRightRows()
    {
        int[][] gold = [[0, 1, 2, 1], [2, 2, 0]];
        int[][] predicted = [[0, 1, 1, 1], [2, 0, -1]];
        int[][] other = [[0, 0, 0, 0], [2, 2, 2]];
        var whole = TwoLevelBootstrap.Statistic(gold, predicted, ClassificationMetrics.Accuracy, new SeededRandom(9), 400);
        Assert.Equal(TwoLevelBootstrap.Mean(Rights(gold, predicted), new SeededRandom(9), 400), whole);
        var difference = TwoLevelBootstrap.StatisticDifference(gold, other, predicted, ClassificationMetrics.Accuracy, new SeededRandom(9), 400);
        var means = TwoLevelBootstrap.Difference(Rights(gold, other), Rights(gold, predicted), new SeededRandom(9), 400);
        Assert.Equal(means.Estimate, difference.Estimate, 12);
        Assert.Equal(means.Low, difference.Low, 12);
        Assert.Equal(means.High, difference.High, 12);
        Assert.Equal(means.P, difference.P, 12);
    }

    [Fact]
    public void Statistic_MacroF1_EstimateIsTheMeanOverSeeds()
    {
        int[][] gold = [[0, 1, 0], [1, 1]];
        int[][] predicted = [[0, 1, 1], [1, 1]];
        // Seed one: F1 of both classes is 2/3; seed two: only class 1 occurs, and is right.
        var result = TwoLevelBootstrap.Statistic(gold, predicted, (g, p) => ClassificationMetrics.MacroF1(g, p, 2), new SeededRandom(10), 200);
        Assert.Equal((2.0 / 3 + 1) / 2, result.Estimate, 12);
        Assert.InRange(result.Low, 0, result.Estimate);
        Assert.InRange(result.High, result.Estimate, 1);
    }

    [Fact]
    public void Mean_SameSeed_SameBits()
    {
        double[][] values = [Rights(100, 60), Rights(90, 60)];
        Assert.Equal(TwoLevelBootstrap.Mean(values, new SeededRandom(11), 500), TwoLevelBootstrap.Mean(values, new SeededRandom(11), 500));
    }

    [Fact]
    public void Holm_FamilyOfDifferences_AdjustsTheirP()
    {
        BootstrapDifference[] family = [new(0, 0, 0, 0.01), new(0, 0, 0, 0.04), new(0, 0, 0, 0.03)];
        Assert.Equal([0.03, 0.06, 0.06], MultipleComparisons.Holm(family).Select(p => Math.Round(p, 12)));
    }

    [Fact]
    public void AnyInput_ThatCannotBeResampled_IsAClearError()
    {
        var random = new SeededRandom(12);
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Mean([], random));
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Mean([[1], []], random));
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Mean([[double.NaN]], random));
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Mean([[1]], random, level: 95));
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Mean([[1]], random, draws: 0));
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Difference([[1, 2]], [[1]], random));
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Difference([[1]], [[1], [2]], random));
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Statistic([[0]], [[0, 1]], ClassificationMetrics.Accuracy, random));
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Statistic([[0]], [[0]], (_, _) => double.NaN, random));
        Assert.Throws<AttuneException>(() => TwoLevelBootstrap.Statistic([], [], ClassificationMetrics.Accuracy, random));
    }

    private static double[] Rights(int rows, int right) => Enumerable.Range(0, rows).Select(i => i < right ? 1.0 : 0.0).ToArray();

    private static double[][] Rights(int[][] gold, int[][] predicted) =>
        gold.Zip(predicted, (g, p) => g.Zip(p, (x, y) => x == y ? 1.0 : 0.0).ToArray()).ToArray();
}

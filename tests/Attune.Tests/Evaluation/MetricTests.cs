using Attune.Evaluation.Metrics;
using Attune.Tensors;

namespace Attune.Tests.Evaluation;

/// <summary>Hand-worked cases and properties of the metrics of predictions; the goldens hold many more.</summary>
public sealed class MetricTests
{
    // Gold a a a b b c, predicted a a b b none c.
    private static readonly ConfusionMatrix Matrix = new([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, -1, 2], 3);

    [Fact]
    public void Classification_SixRows_EqualsHandWork()
    {
        Assert.Equal(4 / 6.0, ClassificationMetrics.Accuracy(Matrix), 14);
        Assert.Equal((2 / 3.0 + 1 / 2.0 + 1) / 3, ClassificationMetrics.BalancedAccuracy(Matrix), 14);
        // Σgp = 3·2 + 2·2 + 1·1 = 11; Σp² = 4 + 4 + 1 + 1 = 10; Σg² = 14.
        Assert.Equal((24 - 11) / Math.Sqrt(26 * 22), ClassificationMetrics.Matthews(Matrix), 14);
        Assert.Equal(13 / 25.0, ClassificationMetrics.CohenKappa(Matrix), 14);
        var scores = ClassificationMetrics.PerClass(Matrix);
        Assert.Equal(new ClassScores(1, 2 / 3.0, 0.8, 3), scores[0]);
        Assert.Equal(new ClassScores(0.5, 0.5, 0.5, 2), scores[1]);
        Assert.Equal((0.8 + 0.5 + 1) / 3, ClassificationMetrics.Macro(Matrix).F1, 14);
        Assert.Equal((3 * 0.8 + 2 * 0.5 + 1) / 6, ClassificationMetrics.Weighted(Matrix).F1, 14);
        Assert.Equal(4 / 5.0, ClassificationMetrics.Micro(Matrix).Precision, 14);
    }

    [Fact]
    public void MacroF1_OfIndices_EqualsThatOfTheMatrix()
    {
        var random = new SeededRandom(1);
        for (var trial = 0; trial < 50; trial++)
        {
            var gold = Enumerable.Range(0, 40).Select(i => i < 4 ? i : random.Next(4)).ToArray();
            var predicted = gold.Select(g => random.Next(2) == 0 ? g : random.Next(5) - 1).ToArray();
            var expected = ClassificationMetrics.Macro(new ConfusionMatrix(gold, predicted, 4)).F1;
            Assert.Equal(expected, ClassificationMetrics.MacroF1(gold, predicted, 4), 12);
        }
    }

    [Fact]
    public void ConfusionMatrix_LabelsThatCannotBe_AreClearErrors()
    {
        Assert.Throws<AttuneException>(() => ConfusionMatrix.OfLabels(["a"], ["a"], ["b"]));
        Assert.Throws<AttuneException>(() => ConfusionMatrix.OfLabels(["a"], ["a"], ["a", "a"]));
        Assert.Throws<AttuneException>(() => ConfusionMatrix.OfLabels(["a"], ["a", "b"]));
        Assert.Equal(1, ConfusionMatrix.OfLabels(["a", "b"], ["z", "b"], ["a", "b"]).Right);
    }

    [Fact]
    public void Calibration_ThreeRows_EqualsHandWork()
    {
        // Bins of ½: {0.5} right, {0.8 wrong, 1.0 right}.
        double[] confidence = [0.5, 0.8, 1.0];
        bool[] right = [true, false, true];
        Assert.Equal((0.5 + 2 * 0.4) / 3, Calibration.ExpectedError(confidence, right, 2), 14);
        Assert.Equal(0.5, Calibration.MaximumError(confidence, right, 2), 14);
        // Equal counts: {0.5, 0.8} and {1.0}.
        Assert.Equal(2 * 0.15 / 3, Calibration.AdaptiveError(confidence, right, 2), 14);
        Assert.Equal(new CalibrationBin(1, 0.5, 1), Calibration.Bins(confidence, right, 2)[0]);
        Assert.Equal(1, Calibration.Bins([0.0, 1 / 15.0], [true, true])[0].Accuracy);
    }

    [Fact]
    public void Probabilities_FourRows_EqualHandWork()
    {
        double[] score = [0.9, 0.5, 0.5, 0.1];
        bool[] positive = [true, true, false, false];
        Assert.Equal(3.5 / 4, ProbabilityMetrics.Auroc(score, positive), 14);
        Assert.Equal(0.5 * 1 + 0.5 * 2 / 3, ProbabilityMetrics.AveragePrecision(score, positive), 14);
        Assert.Equal(-(2 * Math.Log(0.9) + 2 * Math.Log(0.5)) / 4, ProbabilityMetrics.LogLoss(score, positive), 14);
        Assert.Equal((0.01 + 0.25 + 0.25 + 0.01) / 4, ProbabilityMetrics.Brier(score, positive), 14);
        double[][] rows = [[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]];
        Assert.Equal((0.09 + 0.04 + 0.01 + 0.09 + 0.49 + 0.16) / 2, ProbabilityMetrics.BrierOfClasses(rows, [0, 1]), 14);
        Assert.Equal(-(Math.Log(0.7) + Math.Log(0.3)) / 2, ProbabilityMetrics.LogLossOfClasses(rows, [0, 1]), 14);
        Assert.Equal([true, false], ProbabilityMetrics.Confidences(rows, [0, 1]).Right);
    }

    [Fact]
    public void Kendall_RandomTies_EqualsAllPairs()
    {
        var random = new SeededRandom(2);
        for (var trial = 0; trial < 30; trial++)
        {
            var x = Enumerable.Range(0, 23).Select(_ => (double)random.Next(6)).ToArray();
            var y = Enumerable.Range(0, 23).Select(_ => (double)random.Next(5)).ToArray();
            Assert.Equal(AllPairs(x, y), Correlation.KendallTauB(x, y), 12);
        }
    }

    [Fact]
    public void Correlations_MonotoneCurve_RankOneOnly()
    {
        Assert.Equal(1, Correlation.Spearman([1, 2, 3], [1, 8, 27]), 12);
        Assert.Equal(1, Correlation.KendallTauB([1, 2, 3], [1, 8, 27]), 12);
        // Deviations −1, 0, 1 and −11, −4, 15: 26 / √(2·362).
        Assert.Equal(26 / Math.Sqrt(724), Correlation.Pearson([1, 2, 3], [1, 8, 27]), 12);
        Assert.Equal(1 - 3 / 2.0, RegressionMetrics.R2([1, 2, 3], [2, 3, 4]), 12);
    }

    [Fact]
    public void Ranking_SecondOfTwoFound_EqualsHandWork()
    {
        double[] grades = [0, 2, 0];
        double[] relevant = [2, 1];
        var (found, ideal) = (1 / Math.Log2(3), 1 / Math.Log2(3));
        Assert.Equal(2 * found / (2 + ideal), RankingMetrics.NdcgLinear(grades, relevant, 2), 14);
        Assert.Equal(3 * found / (3 + ideal), RankingMetrics.NdcgExponential(grades, relevant, 2), 14);
        Assert.Equal(0.5, RankingMetrics.Recall(grades, relevant, 2));
        Assert.Equal(0.25, RankingMetrics.Precision(grades, relevant, 4));
        Assert.Equal(0.5, RankingMetrics.ReciprocalRank(grades, relevant));
        Assert.Equal(0.25, RankingMetrics.AveragePrecision(grades, relevant));
        Assert.Throws<AttuneException>(() => RankingMetrics.Recall([0], [], 1));
    }

    [Fact]
    public void LanguageModel_HalvesAndQuarters_EqualHandWork()
    {
        double[] tokens = [Math.Log(0.5), Math.Log(0.125)];
        Assert.Equal(4, LanguageModelMetrics.Perplexity(tokens), 12);
        Assert.Equal(0.5, LanguageModelMetrics.BitsPerByte(tokens, 8), 12);
        Assert.Equal(1 - 1 / 6.0, LanguageModelMetrics.PassAtK(4, 2, 2), 12);
        Assert.Throws<AttuneException>(() => LanguageModelMetrics.Perplexity([0.5]));
    }

    private static double AllPairs(double[] x, double[] y)
    {
        var (concordance, pairsX, pairsY) = (0, 0, 0);
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                concordance += Math.Sign(x[i] - x[j]) * Math.Sign(y[i] - y[j]);
                pairsX += x[i] != x[j] ? 1 : 0;
                pairsY += y[i] != y[j] ? 1 : 0;
            }
        }
        return concordance / Math.Sqrt((double)pairsX * pairsY);
    }
}

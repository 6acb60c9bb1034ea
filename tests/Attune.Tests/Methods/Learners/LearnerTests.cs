using Attune.Methods;
using Attune.Methods.Learners;
using Attune.Methods.Retrieval;
using Attune.Tensors;

namespace Attune.Tests.Methods.Learners;

public class LearnerTests
{
    private static PointSet Random(int count, int dimension, ulong seed)
    {
        var random = new SeededRandom(seed);
        return PointSet.Of([.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimension).Select(_ => random.NextNormal()).ToArray())]);
    }

    [Fact]
    public void LogisticRegression_TwoOpposites_SolvesTheOptimumsEquation()
    {
        // ½w² + 2·ln(1 + e^−w) is least where w = 2/(1 + e^w); by symmetry the bias is 0.
        var fitted = LogisticRegression.Fit(PointSet.Of([[-1.0], [1.0]]), [0, 1], 2);
        var w = fitted.Weights[0];
        Assert.Equal(2 / (1 + Math.Exp(w)), w, 1e-6);
        Assert.Equal(0, fitted.Bias[0], 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(w)), fitted.Probabilities([1.0])[0], 1e-6);
    }

    [Fact]
    public void LogisticRegression_ManyClasses_MeetsTheOptimumsConditions()
    {
        // At the optimum W = C·Σ (onehot − p)xᵀ, and Σ p = Σ onehot for each class.
        var points = Random(40, 5, 4);
        var labels = Enumerable.Range(0, 40).Select(i => i * 7 % 9).ToArray();
        var fitted = LogisticRegression.Fit(points, labels, 9, new LogisticRegressionOptions { C = 3 });
        for (var c = 0; c < 9; c++)
        {
            var residuals = Enumerable.Range(0, 40).Select(i => (labels[i] == c ? 1 : 0) - fitted.Probabilities(points[i])[c]).ToArray();
            Assert.Equal(0, residuals.Sum(), 1e-5);
            for (var j = 0; j < 5; j++)
                Assert.Equal(3 * residuals.Select((r, i) => r * points[i][j]).Sum(), fitted.Weights[c * 5 + j], 1e-4);
        }
    }

    [Fact]
    public void LogisticRegression_ClassWithoutRows_HasProbabilityZero()
    {
        var points = Random(12, 3, 1);
        foreach (var labels in new int[][] { [.. Enumerable.Range(0, 12).Select(i => i % 2 * 2)], [.. Enumerable.Range(0, 12).Select(i => i % 3)] })
        {
            var p = LogisticRegression.Fit(points, labels, 4).Probabilities(points[0]);
            Assert.Equal(0, p[3]);
            Assert.Equal(1, p.Sum(), 12);
            Assert.True(p[0] > 0 && p[2] > 0);
        }
        // Only labels 0 and 2: the same as two classes alone.
        var two = LogisticRegression.Fit(points, [.. Enumerable.Range(0, 12).Select(i => i % 2)], 2).Probabilities(points[0]);
        var four = LogisticRegression.Fit(points, [.. Enumerable.Range(0, 12).Select(i => i % 2 * 2)], 4).Probabilities(points[0]);
        Assert.Equal(two[1], four[2], 12);
    }

    [Fact]
    public void LogisticRegression_OneClassOnly_IsCertain() =>
        Assert.Equal([0.0, 1, 0], LogisticRegression.Fit(Random(3, 2, 1), [1, 1, 1], 3).Probabilities([5.0, 5]));

    [Fact]
    public void LogisticRegression_Balanced_MovesTheBiasToTheRareClass()
    {
        var points = PointSet.Of([[0.0], [0.0], [0.0], [0.0]]);
        Assert.Equal(0.25, LogisticRegression.Fit(points, [0, 0, 0, 1], 2).Probabilities([0.0])[1], 1e-6);
        Assert.Equal(0.5, LogisticRegression.Fit(points, [0, 0, 0, 1], 2, new LogisticRegressionOptions { Balanced = true }).Probabilities([0.0])[1], 1e-6);
    }

    [Fact]
    public void LogisticRegression_BadRequests_AreRefused()
    {
        Assert.Contains("no rows", Assert.Throws<AttuneException>(() => LogisticRegression.Fit(PointSet.Of(Array.Empty<double[]>()), [], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("C is 0", Assert.Throws<AttuneException>(() => LogisticRegression.Fit(Random(2, 1, 1), [0, 1], 2, new LogisticRegressionOptions { C = 0 })).Message, StringComparison.Ordinal);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => LogisticRegression.Fit(Random(2, 1, 1), [0, 1], 2, cancel: cancelled.Token));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void LinearClassifier_SavedAndLoaded_GivesTheSameBits(int classes)
    {
        var points = Random(20, 4, 2);
        // With three classes the third has no rows, so a bias of −∞ goes through the file too.
        var fitted = LogisticRegression.Fit(points, [.. Enumerable.Range(0, 20).Select(i => i % 2)], classes);
        var bag = new TensorBag();
        fitted.Save(bag, "head");
        var path = Path.Combine(Path.GetTempPath(), $"attune-head-{Guid.NewGuid():n}.safetensors");
        try
        {
            bag.Write(path);
            var loaded = LinearClassifier.Load(TensorBag.Read(path), "head", classes);
            Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(fitted.Probabilities(points[i]), loaded.Probabilities(points[i])));
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Contains("the task has 7 labels", Assert.Throws<AttuneException>(() => LinearClassifier.Load(bag, "head", 7)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RidgeRegression_TwoPoints_ShrinksTheSlopeOnly()
    {
        // Centred: x = ±1, y = ±2: w = 4/(2 + α).
        var points = PointSet.Of([[1.0], [3.0]]);
        Assert.Equal(2, RidgeRegression.Fit(points, [1, 5], 0).Weights[0], 12);
        var fitted = RidgeRegression.Fit(points, [1, 5], 2);
        Assert.Equal(1, fitted.Weights[0], 12);
        Assert.Equal(3, fitted.Predict([2.0]), 12);
        // Without a bias w = (1 + 15)/(10 + 6).
        Assert.Equal(1, RidgeRegression.Fit(points, [1, 5], 6, intercept: false).Weights[0], 12);
    }

    [Fact]
    public void GaussianNaiveBayes_EqualSpread_IsEvenInTheMiddle()
    {
        var fitted = GaussianNaiveBayes.Fit(PointSet.Of([[-2.0], [0.0], [2.0], [4.0]]), [0, 0, 1, 1], 3, smoothing: 0);
        Assert.All(new[] { 0.5, 0.5, 0 }.Zip(fitted.Probabilities([1.0])), p => Assert.Equal(p.First, p.Second, 12));
        // Means −1 and 3, variance 1: at 1 + d the log odds are 4d.
        var p = fitted.Probabilities([1.5]);
        Assert.Equal(2, Math.Log(p[1] / p[0]), 10);
    }

    [Fact]
    public void PrincipalComponents_PointsOnALine_FindIt()
    {
        var pca = PrincipalComponents.Fit(PointSet.Of([[1.0, 2], [2, 4.0], [3, 6.0]]), 2);
        var component = Assert.Single(pca.Components);
        Assert.Equal(1 / Math.Sqrt(5), component[0], 12);
        Assert.Equal(2 / Math.Sqrt(5), component[1], 12);
        Assert.Equal(5, pca.Variances[0], 10);
        Assert.Equal(1, pca.Ratios[0], 12);
    }

    [Fact]
    public void PrincipalComponents_FewerPointsThanDimensions_ReconstructThem()
    {
        var points = Random(4, 9, 6);
        var pca = PrincipalComponents.Fit(points, 9);
        Assert.Equal(3, pca.Components.Length);
        for (var i = 0; i < 4; i++)
            GoldenJson.Near(points[i], pca.Reconstruct(pca.Project(points[i])), 0, 1e-10, "point");
        for (var a = 0; a < 3; a++)
            for (var b = 0; b < 3; b++)
                Assert.Equal(a == b ? 1 : 0, VectorMeasures.Dot(pca.Components[a], pca.Components[b]), 10);
    }

    [Fact]
    public void PrincipalComponents_NotCentred_PointAlongTheMean()
    {
        var pca = PrincipalComponents.Fit(PointSet.Of([[3.0, 0], [3, 0.0]]), 2, centre: false);
        Assert.Equal([1, 0], Assert.Single(pca.Components));
    }

    [Fact]
    public void PrincipalComponents_EqualPoints_HaveNone() =>
        Assert.Empty(PrincipalComponents.Fit(PointSet.Of([[1.0, 2], [1.0, 2]]), 2).Components);

    [Fact]
    public void SupportVectorMachine_TwoOpposites_SolvesTheOptimumsEquation()
    {
        // Points ±2, b = 0 by symmetry. Squared: ½w² + 2(1 − 2w)² is least at w = 8/17. Plain with C = ¹⁄₁₆: ½w² + ⅛(1 − 2w) at w = ¼; with C = 1 at the margin, w = ½.
        var points = PointSet.Of([[-2.0], [2.0]]);
        Assert.Equal(8 / 17.0, SupportVectorMachine.Fit(points, [0, 1]).Weights[0], 1e-9);
        Assert.Equal(0.25, SupportVectorMachine.Fit(points, [0, 1], 1 / 16.0, squared: false).Weights[0], 1e-9);
        Assert.Equal(0.5, SupportVectorMachine.Fit(points, [0, 1], 1, squared: false).Weights[0], 1e-9);
        Assert.Equal(0, SupportVectorMachine.Fit(points, [0, 1]).Bias, 1e-9);
    }

    [Fact]
    public void LinearDiscriminant_TwoClassesOfOneVariance_GivesTheLogisticOfTheDistance()
    {
        // Means −1 and 3, pooled variance 1: ln odds = (3 − (−1))·(x − 1)/1.
        var fitted = LinearDiscriminant.Fit(PointSet.Of([[-2.0], [0.0], [2.0], [4.0]]), [0, 0, 1, 1], 3);
        Assert.Equal(1 / (1 + Math.Exp(-4 * (1.5 - 1))), fitted.Probabilities([1.5])[1], 1e-12);
        Assert.Equal(0, fitted.Probabilities([1.5])[2]);
        Assert.Throws<AttuneException>(() => LinearDiscriminant.Fit(PointSet.Of([[-2.0], [0.0]]), [0, 1], 2, Shrinkage.Fixed, 1.5));
    }
}

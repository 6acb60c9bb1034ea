using Attune.Evaluation.Statistics;
using Attune.Tensors;

namespace Attune.Tests.Evaluation;

/// <summary>Hand-worked cases of the statistics; the goldens hold many more.</summary>
public sealed class StatisticsTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(2.0)]
    [InlineData(60.0)]
    public void ChiSquared_TwoDegrees_IsExponential(double x)
    {
        Assert.Equal(Math.Exp(-x / 2), ChiSquaredDistribution.Survival(x, 2), 1e-13 * Math.Exp(-x / 2));
        Assert.Equal(1 - Math.Exp(-x / 2), ChiSquaredDistribution.Cdf(x, 2), 1e-14);
        Assert.Equal(x, ChiSquaredDistribution.Quantile(ChiSquaredDistribution.Cdf(x, 2), 2), x > 50 ? 1e-2 : 1e-12);
    }

    [Theory]
    [InlineData(-3.0)]
    [InlineData(0.2)]
    [InlineData(1e6)]
    public void Student_OneDegree_IsCauchy(double x)
    {
        Assert.Equal(0.5 - Math.Atan(x) / Math.PI, StudentDistribution.Survival(x, 1), 1e-15);
        Assert.Equal(-1 / Math.Tan(Math.PI * 1e-9), StudentDistribution.Quantile(1e-9, 1), 1e-3);
    }

    [Fact]
    public void Normal_KnownPoints_AreThoseOfTables()
    {
        Assert.Equal(0.9750021048517795, NormalDistribution.Cdf(1.96), 14);
        Assert.Equal(1.959963984540054, NormalDistribution.Quantile(0.975), 13);
        Assert.Equal(double.NegativeInfinity, NormalDistribution.Quantile(0));
    }

    [Fact]
    public void Beta_WholeParameters_ArePolynomials()
    {
        Assert.Equal(0.3, BetaDistribution.Cdf(0.3, 1, 1), 14);
        Assert.Equal(3 * 0.3 * 0.3 - 2 * 0.3 * 0.3 * 0.3, BetaDistribution.Cdf(0.3, 2, 2), 14);
        Assert.Equal(1e-40, BetaDistribution.Quantile(1e-10, 0.25, 1), 1e-52);
    }

    [Fact]
    public void Binomial_FourFairCoins_IsSixteenths()
    {
        int[] ways = [1, 4, 6, 4, 1];
        Assert.All(ways.Select((w, k) => (w, k)), p => Assert.Equal(p.w / 16.0, BinomialDistribution.Pmf(p.k, 4, 0.5), 14));
        Assert.Equal(11 / 16.0, BinomialDistribution.Cdf(2, 4, 0.5), 14);
        Assert.Equal(2, BinomialDistribution.Quantile(0.5, 4, 0.5));
    }

    [Fact]
    public void PairedT_ThreePairs_EqualsHandWork()
    {
        // d = 1, 2, 3: mean 2, s = 1, t = 2√3; with two degrees p = 1 − t/√(t² + 2).
        var result = PairedT.Test([0, 0, 0], [1, 2, 3]);
        Assert.Equal(2 * Math.Sqrt(3), result.Statistic, 12);
        Assert.Equal(1 - Math.Sqrt(12.0 / 14), result.P, 12);
        Assert.Equal(2, result.DegreesOfFreedom);
        // t at 0.975 with two degrees is 0.95·√(2/(1 − 0.95²)).
        var half = 0.95 * Math.Sqrt(2 / (1 - 0.9025)) / Math.Sqrt(3);
        Assert.Equal(2 - half, PairedT.Interval([0, 0, 0], [1, 2, 3]).Low, 10);
        Assert.Equal(2, EffectSize.CohenPaired([0, 0, 0], [1, 2, 3]), 12);
        Assert.Equal(2, EffectSize.CohenIndependent([0, 1, 2], [2, 3, 4]), 12);
    }

    [Fact]
    public void Wilcoxon_ExactWithTies_CountsAllSigns()
    {
        // Ranks of |1|, |1|, |2| are 1½, 1½, 3. R+ = 3 + 1½ = 4½; of 8 signs, those with R+ ≥ 4½ are 6, 4½, 4½.
        var result = Wilcoxon.Exact([0, 0, 0, 7], [1, -1, 2, 7], Alternative.Greater);
        Assert.Equal(4.5, result.Statistic);
        Assert.Equal(3 / 8.0, result.P, 14);
        Assert.Equal(new TestResult(1.5, 0.75), Wilcoxon.Exact([0, 0, 0, 7], [1, -1, 2, 7]));
    }

    [Fact]
    public void PairedCounts_FiveOfFive_IsASixteenth()
    {
        Assert.Equal(1 / 16.0, PairedCounts.SignTest([0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1]), 14);
        Assert.Equal(1 / 16.0, PairedCounts.McNemarExact(0, 5), 14);
        Assert.Equal(16 / 5.0, PairedCounts.McNemarChiSquared(5, 0).Statistic, 14);
        Assert.Equal(1, PairedCounts.McNemarExact(0, 0));
    }

    [Fact]
    public void Corrections_FourPValues_EqualHandWork()
    {
        double[] p = [0.01, 0.04, 0.03, 0.005];
        AssertClose([0.03, 0.06, 0.06, 0.02], MultipleComparisons.Holm(p));
        AssertClose([0.02, 0.04, 0.04, 0.02], MultipleComparisons.BenjaminiHochberg(p));
        Assert.Throws<AttuneException>(() => MultipleComparisons.Holm([double.NaN]));
    }

    [Fact]
    public void Proportions_NoSuccess_HaveClosedForms()
    {
        Assert.Equal(1 - Math.Pow(0.025, 0.1), Proportions.ClopperPearson(0, 10).High, 12);
        var square = 1.959963984540054 * 1.959963984540054;
        Assert.Equal(square / (10 + square), Proportions.Wilson(0, 10).High, 12);
        Assert.True(Proportions.WilsonContinuity(0, 10).High > Proportions.Wilson(0, 10).High);
    }

    [Fact]
    public void Bootstrap_GivenDraws_InterpolatesTheirMeans()
    {
        // Means 0, 1, 2: at level ½ the positions are 2·¼ and 2·¾.
        int[][] draws = [[0, 0], [1, 1], [0, 1]];
        Assert.Equal(new Interval(0.5, 1.5), Bootstrap.Percentile([0, 2], draws, 0.5));
        var bca = Bootstrap.Bca([0, 2], draws, 0.5);
        Assert.Equal(0, bca.Z0, 12);
        Assert.Equal(0, bca.Acceleration, 12);
        Assert.Equal(0.5, bca.Interval.Low, 12);
        Assert.All(Bootstrap.Draw(5, 50, new SeededRandom(1)).SelectMany(d => d), row => Assert.InRange(row, 0, 4));
    }

    [Fact]
    public void SignFlip_FewValues_CountsFlipsThatReach()
    {
        Assert.Equal(3 / 4.0, SignFlip.Test([1, 1], [[1, 1], [1, -1], [-1, -1]]), 14);
        // Of 8 signs of three equal values two reach the mean.
        Assert.Equal(0.25, SignFlip.Test([1, 1, 1], new SeededRandom(2)), 0.02);
    }

    [Fact]
    public void Percentile_OfDifferentShapes_NeedsDraws()
    {
        Assert.Throws<AttuneException>(() => Bootstrap.Percentile([1], []));
        Assert.Throws<AttuneException>(() => PairedT.Test([1, 2], [1]));
        Assert.Throws<AttuneException>(() => BetaDistribution.Quantile(1.5, 1, 1));
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 12);
    }
}

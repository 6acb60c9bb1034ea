using Attune.Reproductions;
using Attune.Reproductions.BayesPrism;
using Attune.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Tests.Reproductions.BayesPrism;

public sealed class BayesPredictorTests
{
    [Fact]
    public void Dense_TwoPointsOnALine_GivesRidge()
    {
        var predictor = new BayesPredictor(FunctionFamilies.Dense(1, 1));
        Assert.Equal(0, predictor.Predict([3]), 12);
        predictor.Observe([1], 2);
        Assert.Equal(3, predictor.Predict([3]), 12);      // w = 2/(1 + 1)
        predictor.Observe([2], 0);
        Assert.Equal(1, predictor.Predict([3]), 12);      // w = 2/(1 + 1 + 4)
    }

    [Fact]
    public void Dense_AnyEpisode_EqualsRidgeWithTheRatioOfVariances()
    {
        var family = FunctionFamilies.Dense(4, 0.1);
        var episode = family.Draw(6, new SeededRandom(9));
        var weights = new RidgeRegressor(0.1 * 4).Weights(episode.Inputs.AsSpan(0, 20), episode.Noisy.AsSpan(0, 5), 4);
        Assert.Equal(family.Value(weights, episode.Input(5)), BayesPredictor.Along(family, episode)[5], 1e-9);
    }

    [Fact]
    public void TwoCentres_OnePoint_GivesHyperbolicTangent()
    {
        // Weights ±1; y = ½ with σ² = ½ gives odds e²: the mean of ±1 is tanh 1.
        var predictor = new BayesPredictor(FunctionFamilies.TwoCentres(1, 0.5));
        Assert.Equal(0, predictor.Predict([1]), 12);
        predictor.Observe([1], 0.5);
        Assert.Equal(Math.Tanh(1), predictor.Predict([1]), 12);
        Assert.Equal(1 / (1 + Math.Exp(-2)), predictor.Weights()[0], 12);
    }

    [Fact]
    public void Signs_OnePoint_KnowsOneSignOnly()
    {
        var size = 1 / Math.Sqrt(2);
        var predictor = new BayesPredictor(FunctionFamilies.Signs(2, 1));
        predictor.Observe([1, 0], size);
        Assert.Equal(size * Math.Tanh(0.5), predictor.Predict([1, 0]), 12);
        Assert.Equal(0, predictor.Predict([0, 1]), 12);
    }

    [Fact]
    public void Sparse_OnePoint_WeighsSupportsByEvidence()
    {
        // Support 0 predicts y ~ N(0, 2), the others N(0, 1): odds at y = 1 are e^¼/√2 to 1 to 1.
        var odds = Math.Exp(0.25) / Math.Sqrt(2);
        var predictor = new BayesPredictor(FunctionFamilies.Sparse(3, 1, 1));
        predictor.Observe([1, 0, 0], 1);
        Assert.Equal(odds / (odds + 2), predictor.Weights()[0], 12);
        Assert.Equal(odds / (odds + 2) / 2, predictor.Predict([1, 0, 0]), 12);
    }

    [Fact]
    public void Monomials_OneProduct_PredictsThatProduct()
    {
        var predictor = new BayesPredictor(FunctionFamilies.Monomials(3, 1, 1, 1));
        predictor.Observe([1, 2, 5], 3);                           // φ = 2: w = 2·3/(1 + 4)
        Assert.Equal(1.2, predictor.Predict([-1, -1, 7]), 12);
    }

    public static TheoryData<string> Families => [.. All.Keys];

    private static Dictionary<string, FunctionFamily> All { get; } = new(StringComparer.Ordinal)
    {
        ["dense"] = FunctionFamilies.Dense(3, 0.1), ["sparse"] = FunctionFamilies.Sparse(4, 2, 0.1), ["signs"] = FunctionFamilies.Signs(3, 0.2),
        ["dense or signs"] = FunctionFamilies.DenseOrSigns(3, 0.1), ["two centres"] = FunctionFamilies.TwoCentres(3, 0.1),
        ["monomial sets"] = FunctionFamilies.Monomials(4, 2, 3, 0.1), ["even"] = FunctionFamilies.FourierEven(2, 0.1),
        ["low"] = FunctionFamilies.FourierLow(3, 0.1), ["high"] = FunctionFamilies.FourierHigh(3, 0.1),
    };

    /// <summary>The same posterior from all points at once, through the covariance of y: other formulas, by MathNet's decompositions.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Predict_AfterSixPoints_EqualsBatchFormula(string name)
    {
        var family = All[name];
        var episode = family.Draw(7, new SeededRandom(11));
        var last = BayesPredictor.Along(family, episode)[6];
        var phi = Matrix<double>.Build.Dense(7, family.Features);
        for (var i = 0; i < 7; i++)
        {
            var features = new double[family.Features];
            family.Map(episode.Input(i), features);
            phi.SetRow(i, features);
        }
        var (x, query, y) = (phi.SubMatrix(0, 6, 0, family.Features), phi.Row(6), Vector<double>.Build.Dense(episode.Noisy[..6]));
        var parts = family.Components.Select(c => Part(c, x, query, y, family.NoiseVariance)).ToArray();
        var most = parts.Max(p => p.Log);
        var total = parts.Sum(p => Math.Exp(p.Log - most));
        Assert.Equal(parts.Sum(p => Math.Exp(p.Log - most) / total * p.Mean), last, 1e-9);
    }

    private static (double Log, double Mean) Part(NormalComponent c, Matrix<double> x, Vector<double> query, Vector<double> y, double noise)
    {
        var mean = Vector<double>.Build.Dense(c.Mean);
        var prior = Matrix<double>.Build.DenseOfDiagonalArray(c.Variance);
        var covariance = x * prior * x.Transpose() + noise * Matrix<double>.Build.DenseIdentity(x.RowCount);
        var solved = covariance.Cholesky().Solve(y - x * mean);
        var log = Math.Log(c.Weight) - 0.5 * (covariance.Cholesky().DeterminantLn + (y - x * mean).DotProduct(solved) + x.RowCount * Math.Log(2 * Math.PI));
        return (log, query.DotProduct(mean + prior * x.Transpose() * solved));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Weights_WhileObserving_SumToOneAndFindTheComponent(string name)
    {
        var family = All[name];
        var found = 0.0;
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var episode = family.Draw(400, new SeededRandom(seed));
            var predictor = new BayesPredictor(family);
            for (var i = 0; i < episode.Points; i++)
                predictor.Observe(episode.Input(i), episode.Noisy[i]);
            var weights = predictor.Weights();
            Assert.Equal(1, weights.Sum(), 1e-12);
            found += weights[episode.Component] / 40;
        }
        Assert.InRange(found, 0.9, 1 + 1e-12);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Draw_ManyFunctions_HaveVarianceOne(string name)
    {
        var (random, squares) = (new SeededRandom(3), new List<double>());
        for (var i = 0; i < 4000; i++)
            squares.Add(Math.Pow(All[name].Draw(1, random).Values[0], 2));
        var mean = squares.Average();
        var error = Math.Sqrt(squares.Average(s => (s - mean) * (s - mean)) / squares.Count);
        Assert.InRange(mean, 1 - 4 * error, 1 + 4 * error);
    }

    [Fact]
    public void Mixture_WeightOneOnAComponent_EqualsTheComponent()
    {
        var (dense, signs) = (FunctionFamilies.Dense(3, 0.1), FunctionFamilies.DenseOrSigns(3, 0.1));
        var certain = signs with { Components = [.. signs.Components.Select((c, i) => c with { Weight = i == 0 ? 1 : 0 })] };
        var episode = signs.Draw(8, new SeededRandom(5));
        Assert.Equal(BayesPredictor.Along(dense, episode), BayesPredictor.Along(certain, episode), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Bayes_OnItsOwnPrior_IsNoWorseThanEitherSpecialist()
    {
        var mixture = FunctionFamilies.DenseOrSigns(3, 0.1);
        var random = new SeededRandom(7);
        var (byOwn, byDense, bySigns) = (0.0, 0.0, 0.0);
        for (var i = 0; i < 2000; i++)
        {
            var episode = mixture.Draw(6, random);
            byOwn += Error(mixture, episode);
            byDense += Error(FunctionFamilies.Dense(3, 0.1), episode);
            bySigns += Error(FunctionFamilies.Signs(3, 0.1), episode);
        }
        Assert.True(byOwn < byDense && byOwn < bySigns, $"{byOwn} {byDense} {bySigns}");
    }

    private static double Error(FunctionFamily family, FunctionEpisode episode) =>
        BayesPredictor.Along(family, episode).Zip(episode.Values, (a, b) => (a - b) * (a - b)).Sum();
}

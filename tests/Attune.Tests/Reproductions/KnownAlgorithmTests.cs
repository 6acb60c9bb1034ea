using Attune.Reproductions;
using Attune.Tensors;

namespace Attune.Tests.Reproductions;

public class KnownAlgorithmTests
{
    [Fact]
    public void Vectors_OfASequence_AlternateBetweenXAndY()
    {
        var task = new InContextRegression(2, 2);
        Assert.Equal(3, task.Length);
        Assert.Equal([0, 1, 2, 5, 0, 0, 0, 3, 4], task.Vectors([new RegressionSequence([1, 2, 3, 4], [5, 6], [])]));
        Assert.Equal([0, 2, 3, 5], task.Rows(2));
    }

    [Fact]
    public void Draw_WithAConstant_HasItInEveryTask()
    {
        var sequences = new InContextRegression(2, 3, Constant: [1, 1]).Draw(new SeededRandom(1), 4);
        foreach (var s in sequences)
            for (var i = 0; i < 3; i++)
                Assert.Equal(s.X[2 * i] + s.X[(2 * i) + 1], s.Y[i], 12);
    }

    [Fact]
    public void NearestStep_OfAGradientStep_HasItsRate()
    {
        var sequences = new InContextRegression(3, 6).Draw(new SeededRandom(2), 20);
        var own = new GradientDescentRegressor(0.07);
        var distances = new AlgorithmDistances(sequences, [.. sequences.Select(s => s.Predictions(own))]);
        Assert.Equal(0.07, distances.NearestStep().Rate, 10);
        Assert.Equal(0, distances.UnderDetermined(own), 1e-20);
        Assert.True(distances.UnderDetermined(new LeastSquaresRegressor()) > 0.01);
    }

    /// <summary>Targets: a linear map of the third position's state, its square, and noise that no state knows.</summary>
    [Fact]
    public void Probe_OfStates_ReadsWhatIsThereAndNothingElse()
    {
        var random = new SeededRandom(3);
        var states = Enumerable.Range(0, 2400).Select(_ => Enumerable.Range(0, 4 * 5).Select(_ => (float)random.NextNormal()).ToArray()).ToArray();
        double Error(Func<float[], double> target, int hidden) =>
            VectorProbe.Errors(states, [.. states.Select(s => new[] { target(s) })], 5, hidden, 1000, new SeededRandom(4), CancellationToken.None).Reported;
        Assert.InRange(Error(s => s[10] - (2 * s[11]), 0), 0, 0.05);
        Assert.InRange(Error(s => (s[10] * s[10]) - 1, 0), 0.9, 1.3);
        Assert.InRange(Error(s => (s[10] * s[10]) - 1, 24), 0, 0.6);
        Assert.InRange(Error(_ => random.NextNormal(), 0), 0.95, 1.3);
    }

    /// <summary>A wrong reference would be held by nothing here: with fewer pairs than dimensions a learner that is OLS is at distance 0 from it and not from ridge.</summary>
    [Fact]
    public void Study_OfLearnersThatAreTheReferences_FindsTheTransition()
    {
        var sizes = new AlgorithmSizes(3, 5, 8, 1, [1, 2, 4], [0, 0.25], 1, 1, 1, 50, 1, 1);
        RegressionSequence[][] seeds = [.. Enumerable.Range(5, 3).Select(s => sizes.Task().Draw(new SeededRandom((ulong)s), 400))];
        IRegressor[] learners = [new GradientDescentRegressor(0.05), new RidgeRegressor(0.1), new LeastSquaresRegressor()];
        Verdict Find(params int[] order)
        {
            var toy = new ToyReproduction(
                c =>
                {
                    var study = new DepthStudy(sizes);
                    foreach (var sequences in seeds)
                        for (var d = 0; d < 3; d++)
                            study.Add(sizes.Depths[d], new AlgorithmDistances(sequences, [.. sequences.Select(s => s.Predictions(learners[order[d]]))]), new GradientDescentRegressor(0.05));
                    study.Report(c);
                },
                "depth", "closer");
            return ReproductionRunner.Run(toy, new RunRequest(), CancellationToken.None).Findings[0].Verdict;
        }
        Assert.Equal(Verdict.Held, Find(0, 1, 2));
        Assert.Equal(Verdict.NotHeld, Find(0, 2, 1));
        Assert.Equal(Verdict.NotHeld, Find(0, 1, 1));
        Assert.Equal(Verdict.NotHeld, Find(1, 1, 2));
    }

    /// <summary>Distances of three seeds: the second is nearer than the third in every seed by about as much, than the first on average alone.</summary>
    [Fact]
    public void Nearest_BySeeds_IsClearOnlyWhereEveryOtherIsFartherByTheInterval()
    {
        Measured[] distances = [new("a", [1, 9, 2]), new("b", [2, 3, 4]), new("c", [3, 4.1, 5])];
        Assert.Equal(1, NearestReference.ByMean(distances));
        Assert.False(NearestReference.IsClear(distances, 1));
        Assert.True(NearestReference.IsClear(distances[1..], 0));
        Assert.False(NearestReference.IsClear(distances[1..], 1));
        Assert.Equal([1, 1.1, 1], NearestReference.Farther(distances[1..], 0).Single().PerSeed, (x, y) => Math.Abs(x - y) < 1e-12);
    }
}

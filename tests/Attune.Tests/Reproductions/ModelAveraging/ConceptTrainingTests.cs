using Attune.Reproductions.ModelAveraging;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Reproductions.ModelAveraging;

public sealed class ConceptTrainingTests
{
    private static readonly AveragingPlan Plan = new(2, 2, 3, 4, [1], [24], 1, 2, 8, 8, 120, 1e-2, 10, 64);

    [Fact]
    public void Loss_OfALearner_IsTheMeanSurpriseOfResponses()
    {
        var pool = ConceptPool.Draw(2, 2, 3, new SeededRandom(1));
        using var learner = new ConceptLearner(pool, 4, 1, 2, 8, new SeededRandom(2));
        ConceptSequence[] sequences = [pool.Sample(4, new SeededRandom(3)), pool.Sample(4, new SeededRandom(4))];
        using var graph = new Graph(recording: false);
        var predicted = learner.Predict(graph, sequences);
        var surprise = sequences.Select((s, i) => -Regret.Logs(s, predicted[i]).Average()).Average();
        Assert.Equal(surprise, learner.Loss(graph, sequences).Span[0], 1e-5);
    }

    [Fact]
    public void Predict_AResponse_DoesNotSeeItNorWhatFollows()
    {
        var pool = ConceptPool.Draw(2, 2, 3, new SeededRandom(1));
        using var learner = new ConceptLearner(pool, 4, 2, 2, 8, new SeededRandom(2));
        using var graph = new Graph(recording: false);
        var a = learner.Predict(graph, [new ConceptSequence(0, [0, 1, 0, 1], [0, 1, 2, 0])])[0];
        var b = learner.Predict(graph, [new ConceptSequence(0, [0, 1, 1, 0], [0, 2, 0, 1])])[0];
        Assert.Equal(a[0], b[0]);
        Assert.Equal(a[1], b[1]);
        Assert.NotEqual(a[2], b[2]);
    }

    [Fact]
    public void Run_OnASmallSet_KeepsTheWeightsOfTheBestLook()
    {
        var pool = ConceptPool.Draw(2, 2, 3, new SeededRandom(1));
        var training = new ConceptTraining(Plan, pool, new LearnerSize(1, 24), new SeededRandom(5));
        using var learner = training.Run(default);
        var random = new SeededRandom(5).Fork("validation");
        var validation = Enumerable.Range(0, AveragingPlan.Validation).Select(_ => pool.Sample(4, random)).ToArray();
        using var graph = new Graph(recording: false);
        Assert.Equal(training.Looks.Min(), learner.Loss(graph, validation).Span[0], 1e-4);
        Assert.True(training.Looks.Min() < training.Looks[0]);
    }

    /// <summary>Half a cosine: from the first rate, through the mean of the two, to the last.</summary>
    [Theory]
    [InlineData(-1, 1)]
    [InlineData(4, 0.525)]
    [InlineData(9, 0.05)]
    public void Falling_OverTenSteps_EndsAtTheLowerRate(int step, double rate) => Assert.Equal(rate, ConceptTraining.Falling(1, 0.05, 10)(step), 12);

    [Fact]
    public void Run_TwiceFromOneSeed_GivesTheSameBits()
    {
        var pool = ConceptPool.Draw(2, 2, 3, new SeededRandom(1));
        var results = Enumerable.Range(0, 2).Select(_ =>
        {
            using var learner = new ConceptTraining(Plan with { Steps = 10 }, pool, new LearnerSize(1, 0), new SeededRandom(5)).Run(default);
            return learner.Parameters.SelectMany(p => p.Value.Span.ToArray()).ToArray();
        }).ToArray();
        Assert.Equal(results[0], results[1]);
    }
}

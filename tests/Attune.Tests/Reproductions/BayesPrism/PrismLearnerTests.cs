using Attune.Reproductions;
using Attune.Reproductions.BayesPrism;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Reproductions.BayesPrism;

public sealed class PrismLearnerTests
{
    private static readonly FunctionFamily Family = FunctionFamilies.Dense(2, 0.1);

    private static PrismLearner Learner() => new(SmallLlama.Configuration(2, 2, 8, 8), Family, new SeededRandom(1));

    [Fact]
    public void Loss_OfALearner_IsTheMeanSquaredErrorAgainstNoisyValues()
    {
        using var learner = Learner();
        FunctionEpisode[] episodes = [Family.Draw(3, new SeededRandom(2)), Family.Draw(3, new SeededRandom(3))];
        using var graph = new Graph(recording: false);
        var expected = learner.Predict(episodes).SelectMany((p, e) => p.Select((v, i) => Math.Pow(v - episodes[e].Noisy[i], 2))).Average();
        Assert.Equal(expected, learner.Loss(graph, episodes).Span[0], 1e-5);
    }

    [Fact]
    public void Predict_APoint_SeesTheValuesBeforeItAlone()
    {
        using var learner = Learner();
        var a = Family.Draw(4, new SeededRandom(2));
        var b = a with { Noisy = [a.Noisy[0], a.Noisy[1], a.Noisy[2] + 5, a.Noisy[3] + 5] };
        double[] x = learner.Predict([a])[0], y = learner.Predict([b])[0];
        Assert.Equal(x[..3], y[..3]);
        Assert.NotEqual(x[3], y[3]);
    }

    [Fact]
    public void After_SomeShots_EqualsThePredictionAlongTheEpisode()
    {
        using var learner = Learner();
        var episode = Family.Draw(4, new SeededRandom(2));
        var along = learner.Predict([episode])[0];
        for (var shots = 0; shots < 4; shots++)
            Assert.Equal(along[shots], Assert.Single(learner.After(episode, shots, episode.Input(shots))), 1e-6);
    }

    [Fact]
    public void After_OfTheExactPredictor_EqualsItsPredictionAlongTheEpisode()
    {
        var episode = Family.Draw(4, new SeededRandom(2));
        Assert.Equal(BayesPredictor.Along(Family, episode)[3], Assert.Single(BayesPredictor.After(Family, episode, 3, episode.Input(3))), 12);
    }
}

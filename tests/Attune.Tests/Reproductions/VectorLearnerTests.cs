using System.Text.Json.Nodes;
using Attune.Reproductions;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training;

namespace Attune.Tests.Reproductions;

public class VectorLearnerTests
{
    [Fact]
    public void Forward_OfABatch_EqualsItsSinglesAndSelectedRows()
    {
        using var learner = VectorLearner.Gpt2(2, 2, 16, 6, 3, 2, new SeededRandom(1));
        var vectors = Noise(4 * 6 * 3);
        var all = learner.Predict(vectors, 4, 6);
        var single = learner.Predict(vectors.AsSpan(2 * 6 * 3, 6 * 3), 1, 6);
        Assert.Equal(all.AsSpan(2 * 6 * 2, 6 * 2).ToArray(), single);
        using var graph = new Graph(recording: false);
        var some = learner.ForwardRows(graph, vectors, 4, 6, [5, 12]);
        Assert.Equal([.. all.AsSpan(10, 2), .. all.AsSpan(24, 2)], some.Span.ToArray());
    }

    [Fact]
    public void Output_AtAPosition_IgnoresWhatFollows()
    {
        using var learner = VectorLearner.Gpt2(2, 2, 16, 6, 3, 1, new SeededRandom(2));
        var vectors = Noise(6 * 3);
        var before = learner.Predict(vectors, 1, 6);
        vectors[^1] += 1;
        var after = learner.Predict(vectors, 1, 6);
        Assert.Equal(before[..5], after[..5]);
        Assert.NotEqual(before[5], after[5]);
    }

    /// <summary>Without positions and with one layer, the order of what stands before cannot matter; with learned positions it does.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LastOutput_UnderASwap_ChangesByPositionsAlone(bool positions)
    {
        JsonObject configuration = positions ? VectorLearner.Gpt2Configuration(1, 2, 16, 6) : VectorLearner.NoPositionsConfiguration(1, 2, 16, 6);
        using var learner = new VectorLearner(configuration, 2, 1, new SeededRandom(3));
        var vectors = Noise(6 * 2);
        var one = learner.Predict(vectors, 1, 6)[5];
        (vectors[0], vectors[1], vectors[2], vectors[3]) = (vectors[2], vectors[3], vectors[0], vectors[1]);
        var other = learner.Predict(vectors, 1, 6)[5];
        Assert.Equal(positions, Math.Abs(one - other) > 1e-5);
    }

    [Fact]
    public void Gradients_OfEveryKindOfParameter_MatchDifferences()
    {
        using var learner = VectorLearner.Gpt2(1, 2, 8, 4, 2, 1, new SeededRandom(4));
        var vectors = Noise(2 * 4 * 2);
        using var graph = new Graph(recording: true);
        double Loss()
        {
            graph.Reset();
            var y = learner.Forward(graph, vectors, 2, 4);
            return graph.Mean(graph.Square(y)).Span[0];
        }
        foreach (var p in learner.Parameters)
            p.ClearGradient();
        graph.Backward(graph.Mean(graph.Square(learner.Forward(graph, vectors, 2, 4))));
        foreach (var name in (string[])["input.weight", "output.weight", "output.bias", "wpe.weight", "wte.weight", "h.0.mlp.c_fc.weight", "h.0.ln_1.weight"])
        {
            var parameter = learner.Parameters.Single(p => p.Name.EndsWith(name, StringComparison.Ordinal));
            var (gradient, old) = (parameter.Gradient.Span[0], parameter.Value.Span[0]);
            const float h = 1e-2f;
            parameter.Value.Span[0] = old + h;
            var up = Loss();
            parameter.Value.Span[0] = old - h;
            var down = Loss();
            parameter.Value.Span[0] = old;
            Assert.Equal((up - down) / (2 * h), gradient, 2e-4 + 0.02 * Math.Abs(gradient));
        }
    }

    [Fact]
    public void Training_OfALinearRegressor_LowersItsLossAndRepeats()
    {
        double[] Train()
        {
            using var learner = VectorLearner.Gpt2(1, 1, 16, 5, 2, 1, new SeededRandom(5));
            var random = new SeededRandom(6);
            return LearnerTraining.Train(
                learner.Parameters, new StepOptions(), 60, _ => 3e-3,
                (graph, _) =>
                {
                    var (vectors, targets) = (new float[8 * 5 * 2], graph.Persistent.Matrix(40, 1));
                    for (var i = 0; i < 40; i++)
                    {
                        (vectors[2 * i], vectors[2 * i + 1]) = ((float)random.NextNormal(), (float)random.NextNormal());
                        targets.Span[i] = vectors[2 * i] - vectors[2 * i + 1];
                    }
                    return graph.MeanSquaredError(learner.Forward(graph, vectors, 8, 5), targets);
                },
                null, CancellationToken.None);
        }
        var losses = Train();
        Assert.True(losses[^10..].Average() < 0.5 * losses[..5].Average(), $"{losses[..5].Average()} → {losses[^10..].Average()}");
        Assert.Equal(losses, Train());
    }

    [Fact]
    public void States_ByLayer_EndInWhatTheOutputsAreReadFrom()
    {
        using var learner = VectorLearner.Gpt2(3, 2, 16, 4, 2, 1, new SeededRandom(7));
        var vectors = Noise(2 * 4 * 2);
        var before = learner.Predict(vectors, 2, 4);
        var states = learner.States(vectors, 2, 4);
        Assert.Equal(4, states.Length);
        Assert.All(states, s => Assert.Equal(2 * 4 * 16, s.Length));
        // Layer 0 at position 0 is V·x + token + position: two sequences differ by V·(x − x') alone.
        var map = learner.Parameters.Single(p => p.Name == "input.weight").Value;
        for (var j = 0; j < 16; j++)
        {
            var expected = map[j][0] * (vectors[0] - vectors[8]) + map[j][1] * (vectors[1] - vectors[9]);
            Assert.Equal(expected, states[0][j] - states[0][4 * 16 + j], 1e-5);
        }
        Assert.Equal(before, learner.Predict(vectors, 2, 4));
    }

    private static float[] Noise(int count)
    {
        var random = new SeededRandom(9);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
    }
}

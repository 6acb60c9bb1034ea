using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training;

namespace Attune.Tests.Training;

public sealed class DivergenceTests
{
    private static readonly TrainerOptions Options = new() { LearningRate = 0.1, BatchSize = 1, Epochs = 3, WarmupShare = 0, Decay = false };

    [Fact]
    public void Run_LossNotFinite_NamesTheStep()
    {
        using var p = new Parameter("layers.0.a", 1, 2);
        var calls = 0;
        var e = Assert.Throws<DivergedException>(() => Run(p, (graph, _) =>
        {
            var y = graph.Sum(graph.Use(p));
            if (++calls == 2)
                y.Span[0] = float.NaN;
            return y;
        }));
        Assert.Equal(AttuneErrorKind.Work, e.Kind);
        Assert.Contains("at step 2: the loss is NaN", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ParameterNotFinite_IsNamedWithTheLoss()
    {
        using var p = new Parameter("layers.3.q_proj.lora_A", 1, 2);
        p.Value.Span[1] = float.PositiveInfinity;
        var e = Assert.Throws<DivergedException>(() => Run(p, (graph, _) => graph.Sum(graph.Use(p))));
        Assert.Contains("at step 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("layers.3.q_proj.lora_A", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_GradientNotFinite_NamesItsParameterAndLeavesTheWeights()
    {
        using var p = new Parameter("layers.1.b", 1, 2);
        // The loss is 0 · ∞-scaled weights = finite, its gradient is not: d(x · 3e38 · 3e38)/dx.
        var e = Assert.Throws<DivergedException>(() => Run(p, (graph, _) => graph.Sum(graph.Scale(graph.Scale(graph.Use(p), 3e38f), 3e38f))));
        Assert.Contains("at step 1: the gradient of layers.1.b", e.Message, StringComparison.Ordinal);
        Assert.Equal([0f, 0f], p.Value.Span.ToArray());
    }

    [Fact]
    public void Run_WithNobodyWatching_TrainsAllTheSame()
    {
        using var p = new Parameter("p", 1, 2);
        Run(p, (graph, _) => graph.Sum(graph.Use(p)));
        // Descent on a sum: both entries go down.
        Assert.All(p.Value.Span.ToArray(), v => Assert.True(v < 0));
    }

    private static void Run(Parameter parameter, Trainer.LossFunction loss) =>
        new Trainer([parameter], Options).Run(1, loss, new SeededRandom(1), null, null, CancellationToken.None);
}

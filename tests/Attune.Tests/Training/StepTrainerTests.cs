using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Tests.Training;

public sealed class StepTrainerTests
{
    [Fact]
    public void Step_TwoParts_SumsLossesAndGradients()
    {
        using var p = new Parameter("p", 1, 1);
        p.Value.Span[0] = 1;
        using var trainer = new StepTrainer([p], new StepOptions { Optimizer = () => new Sgd(new SgdOptions()), ClipNorm = null });
        // Parts 0.5·x and 3·x at x = 1: loss 3.5, gradient 3.5, step 0.1 → 0.65.
        var done = trainer.Step(1, 0.1, (graph, part) => graph.Scale(graph.Use(p), part == 0 ? 0.5f : 3f), parts: 2);
        Assert.Equal(3.5, done.Loss);
        Assert.Equal(3.5, done.GradientNorm);
        Assert.Equal(0.65f, p.Value.Span[0], 1e-6f);
    }

    [Fact]
    public void Step_WithSecondOptimizer_MovesEachParameterByItsOwn()
    {
        using var vector = new Parameter("v", 1, 2);
        using var matrix = new Parameter("m", 2, 2);
        using var trainer = new StepTrainer([vector, matrix], new StepOptions { Optimizer = () => new Sgd(new SgdOptions()), MatrixOptimizer = () => new Sgd(new SgdOptions()), MatrixRate = 10, ClipNorm = null });
        trainer.Step(1, 0.1, (graph, _) => graph.Add(graph.Sum(graph.Use(vector)), graph.Sum(graph.Use(matrix))));
        Assert.All(vector.Value.Span.ToArray(), v => Assert.Equal(-0.1f, v, 1e-7f));
        Assert.All(matrix.Value.Span.ToArray(), v => Assert.Equal(-1f, v, 1e-6f));
    }

    [Fact]
    public void Load_SavedState_GoesOnWithTheSameBits()
    {
        using Parameter straight = Start(), resumed = Start();
        using var whole = new StepTrainer([straight], Options);
        Run(whole, straight, 1, 6);
        var first = new StepTrainer([resumed], Options);
        Run(first, resumed, 1, 3);
        var state = first.Save();
        first.Dispose();
        using var second = new StepTrainer([resumed], Options);
        second.Load(state);
        Run(second, resumed, 4, 6);
        Assert.Equal(straight.Value.Span.ToArray(), resumed.Value.Span.ToArray());
    }

    [Fact]
    public void Load_StateOfOneOptimizerForTwo_IsRefused()
    {
        using var p = Start();
        using var one = new StepTrainer([p], new StepOptions());
        using var two = new StepTrainer([p], Options);
        Assert.Contains("1 optimizers but 2", Assert.Throws<AttuneException>(() => two.Load(one.Save())).Message, StringComparison.Ordinal);
    }

    private static StepOptions Options => new() { MatrixOptimizer = () => new Muon(new MuonOptions { MatchesAdamW = true }), IsMatrix = p => p.Rows > 1 };

    private static Parameter Start()
    {
        var p = new Parameter("p", 3, 4);
        for (var i = 0; i < p.Count; i++)
            p.Value.Span[i] = i / 7f - 0.8f;
        return p;
    }

    private static void Run(StepTrainer trainer, Parameter p, int from, int to)
    {
        for (var step = from; step <= to; step++)
            trainer.Step(step, 0.05, (graph, _) => graph.Sum(graph.Multiply(graph.Use(p), graph.Use(p))));
    }
}

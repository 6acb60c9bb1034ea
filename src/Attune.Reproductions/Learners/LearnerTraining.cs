using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training;

namespace Attune.Reproductions;

/// <summary>The training of small nets on tasks that are drawn afresh for each step.</summary>
public static class LearnerTraining
{
    /// <param name="rate">Learning rate by step, from 0.</param>
    /// <param name="loss">The loss [1, 1] of a step, from 0.</param>
    /// <param name="onStep">Told each step and its loss.</param>
    /// <returns>The losses.</returns>
    /// <exception cref="AttuneException">Training diverged.</exception>
    public static double[] Train(IReadOnlyList<Parameter> parameters, StepOptions options, int steps, Func<int, double> rate, Func<Graph, int, Tensor> loss, Action<int, double>? onStep, CancellationToken cancel)
    {
        using var trainer = new StepTrainer(parameters, options);
        var losses = new double[steps];
        for (var step = 0; step < steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            var now = step;
            losses[step] = trainer.Step(step + 1, rate(step), (graph, _) => loss(graph, now)).Loss;
            onStep?.Invoke(step, losses[step]);
        }
        return losses;
    }
}

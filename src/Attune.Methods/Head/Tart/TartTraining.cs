using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Methods.Head;

/// <summary>Trains a reasoner on synthetic logistic regression alone: mean binary cross-entropy over all points of new tasks in every step.</summary>
public static class TartTraining
{
    /// <param name="onStep">Told the step, from 1, and its loss.</param>
    /// <exception cref="AttuneException">A size is impossible, or training diverged.</exception>
    public static TartReasoner Train(TartPlan plan, SeededRandom random, Action<int, double>? onStep = null, CancellationToken cancel = default)
    {
        if (plan.Dimensions < 1 || plan.Pairs < 2 || plan.Layers < 1 || plan.Heads < 1 || plan.Width % plan.Heads != 0 || plan.Batch < 1 || plan.Steps < 1 || plan.Cleanness < 1)
            throw new AttuneException($"a reasoner of {plan.Layers} layers, width {plan.Width}, {plan.Heads} heads for {plan.Pairs} pairs of {plan.Dimensions} numbers, {plan.Steps} steps of {plan.Batch} tasks cannot be trained; all must be above 0, the cleanness at least 1, the width a multiple of the heads");
        var reasoner = new TartReasoner(plan, random.Fork("start"));
        try
        {
            Run(reasoner, random.Fork("tasks"), onStep, cancel);
        }
        catch
        {
            reasoner.Dispose();
            throw;
        }
        return reasoner;
    }

    private static void Run(TartReasoner reasoner, SeededRandom random, Action<int, double>? onStep, CancellationToken cancel)
    {
        var plan = reasoner.Plan;
        var rate = LearningRateSchedule.Cosine(plan.Rate, Math.Max(1, plan.Steps / 20), plan.Steps);
        using var trainer = new StepTrainer(reasoner.Parameters, new StepOptions());
        for (var step = 0; step < plan.Steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            var pairs = plan.PairsAt(step);
            var tasks = LogisticTasks.Draw(random, plan.Batch, pairs, plan.Dimensions, plan.DimensionsAt(step), plan.Cleanness, plan.VariesCleanness);
            // The first step of a warm-up would not move.
            var done = trainer.Step(step + 1, rate(step + 1), (graph, _) => Loss(graph, reasoner, tasks));
            onStep?.Invoke(step + 1, done.Loss);
        }
    }

    private static Tensor Loss(Graph graph, TartReasoner reasoner, LogisticTasks tasks)
    {
        var targets = graph.Persistent.Matrix(tasks.Y.Length, 1);
        tasks.Y.CopyTo(targets.Span);
        return graph.BinaryCrossEntropy(reasoner.Logits(graph, tasks.X, tasks.Y, tasks.Tasks, tasks.Pairs), targets);
    }
}

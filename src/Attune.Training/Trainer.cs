using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;

namespace Attune.Training;

/// <summary>
/// The training loop: AdamW over a list of parameters, a loss that a caller writes as a function of the items of a step. The same
/// seed gives the same weights, whatever the threads.
/// </summary>
public sealed class Trainer(IReadOnlyList<Parameter> parameters, TrainerOptions options)
{
    /// <summary>Computes the loss [1, 1] of some items on a recording graph.</summary>
    public delegate Tensor LossFunction(Graph graph, ReadOnlySpan<int> items);

    /// <summary>Whether blocks were computed again in the backward pass: by the options, or because memory was short.</summary>
    public bool Recomputed { get; private set; }

    /// <summary>
    /// Runs over items 0 … <paramref name="count"/> − 1. <paramref name="afterEpoch"/> may end training by answering false.
    /// </summary>
    /// <exception cref="AttuneException">The loss or a gradient is not finite: training diverged. The message names step and parameter.</exception>
    public void Run(int count, LossFunction loss, SeededRandom random, Action<TrainingStep>? onStep, Func<int, bool>? afterEpoch, CancellationToken cancel)
    {
        var perEpoch = (count + options.BatchSize - 1) / options.BatchSize;
        var steps = Math.Min(perEpoch * options.Epochs, options.MaxSteps ?? int.MaxValue);
        var warmup = (int)Math.Round(options.WarmupShare * steps);
        var rate = options.Decay ? LearningRateSchedule.Linear(options.LearningRate, warmup, steps) : LearningRateSchedule.Constant(options.LearningRate, warmup);
        using var trainer = new StepTrainer(parameters, new StepOptions
        {
            Optimizer = () => new AdamW(new AdamOptions { WeightDecay = options.WeightDecay }),
            ClipNorm = options.ClipNorm, BrainProducts = options.BrainProducts, Recompute = options.Recompute, OnGradients = options.OnGradients,
        });
        Recomputed = options.Recompute;
        var order = Enumerable.Range(0, count).ToArray();
        var (step, first, length) = (0, 0, 0);
        PartLoss ofItems = (graph, _) => loss(graph, order.AsSpan(first, length)); // once: a step allocates nothing
        for (var epoch = 1; step < steps; epoch++)
        {
            if (!options.FixedOrder)
                random.Shuffle<int>(order);
            for (var start = 0; start < count && step < steps; start += options.BatchSize, step++)
            {
                cancel.ThrowIfCancellationRequested();
                (first, length) = (start, Math.Min(options.BatchSize, count - start));
                // Not inside the call of onStep: where nobody watches, its argument would not be evaluated, and nothing trained.
                var done = trainer.Step(step + 1, rate(step), ofItems);
                Recomputed = trainer.Recomputed;
                onStep?.Invoke(done with { Steps = steps, Epoch = epoch });
            }
            if (afterEpoch?.Invoke(epoch) == false)
                return;
        }
    }
}

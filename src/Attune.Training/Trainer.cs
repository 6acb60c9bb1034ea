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
    private readonly Parameter[] trained = [.. parameters];
    private readonly Tensor[] gradients = new Tensor[parameters.Count];

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
        using var optimizer = new AdamW(new AdamOptions { WeightDecay = options.WeightDecay });
        foreach (var p in trained)
            optimizer.Add(p, decays: p.Rows > 1);
        Recomputed = options.Recompute;
        using var graph = new Graph(recording: true) { Recomputes = Recomputed, BrainProducts = options.BrainProducts };
        var order = Enumerable.Range(0, count).ToArray();
        var step = 0;
        for (var epoch = 1; step < steps; epoch++)
        {
            if (!options.FixedOrder)
                random.Shuffle<int>(order);
            for (var start = 0; start < count && step < steps; start += options.BatchSize, step++)
            {
                cancel.ThrowIfCancellationRequested();
                var items = order.AsSpan(start, Math.Min(options.BatchSize, count - start));
                // Not inside the call of onStep: where nobody watches, its argument would not be evaluated, and nothing trained.
                var done = Step(graph, optimizer, loss, items, rate(step), step + 1);
                onStep?.Invoke(done with { Step = step + 1, Steps = steps, Epoch = epoch });
            }
            if (afterEpoch?.Invoke(epoch) == false)
                return;
        }
    }

    private TrainingStep Step(Graph graph, AdamW optimizer, LossFunction loss, ReadOnlySpan<int> items, double rate, int step)
    {
        graph.Reset();
        float value;
        try
        {
            value = Gradients(graph, loss, items, step);
        }
        catch (AttuneException e) when (!graph.Recomputes && (graph.RanShort || e is MemoryLimitException))
        {
            // The same step again in less memory: the weights are untouched and the random numbers are drawn again.
            graph.Repeat();
            Recomputed = graph.Recomputes = true;
            value = Gradients(graph, loss, items, step);
        }
        options.OnGradients?.Invoke();
        for (var i = 0; i < trained.Length; i++)
            gradients[i] = trained[i].Gradient;
        var norm = options.ClipNorm is { } limit ? GradientClipping.ByNorm(gradients, limit) : GradientClipping.Norm(gradients);
        if (!double.IsFinite(norm))
            throw Diverged(step, trained.FirstOrDefault(p => !IsFinite(p.Gradient)) is { } bad ? $"the gradient of {bad.Name} holds NaN or infinity" : "the gradients' norm overflows", FormattableString.Invariant($" at a loss of {value}"));
        for (var i = 0; i < trained.Length; i++)
            optimizer.Step(i, trained[i], rate);
        return new TrainingStep(0, 0, 0, value, norm, rate);
    }

    /// <summary>Forward and backward; returns the loss.</summary>
    private float Gradients(Graph graph, LossFunction loss, ReadOnlySpan<int> items, int step)
    {
        foreach (var p in trained)
            p.ClearGradient();
        var y = loss(graph, items);
        var value = y.Span[0];
        if (!float.IsFinite(value))
            throw Diverged(step, FormattableString.Invariant($"the loss is {value}"), trained.FirstOrDefault(p => !IsFinite(p.Value)) is { } bad ? $" and the parameter {bad.Name} holds NaN or infinity" : "");
        graph.Backward(y);
        return value;
    }

    private static AttuneException Diverged(int step, string what, string detail) =>
        new(FormattableString.Invariant($"training diverged at step {step}: {what}{detail}; lower the learning rate"), AttuneErrorKind.Work);

    private static bool IsFinite(Tensor t) => t.Span.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) < 0;
}

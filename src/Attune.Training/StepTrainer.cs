using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;

namespace Attune.Training;

/// <summary>
/// Parameters with what moves them. A step is the gradient of a loss, of one part or of several one after another in the same memory, clipped, and
/// applied. The same losses give the same bits, whatever the threads.
/// </summary>
public sealed class StepTrainer : IDisposable
{
    private readonly Parameter[] trained;
    private readonly Tensor[] gradients;
    private readonly StepOptions options;
    private readonly Optimizer main;
    private readonly Optimizer? matrices;
    private readonly (Optimizer By, int Slot, double Factor)[] slots;
    private readonly Graph graph;

    public StepTrainer(IReadOnlyList<Parameter> parameters, StepOptions options)
    {
        (trained, gradients, this.options) = ([.. parameters], new Tensor[parameters.Count], options);
        (main, matrices) = (options.Optimizer(), options.MatrixOptimizer?.Invoke());
        slots = [.. trained.Select(Slot)];
        Recomputed = options.Recompute;
        graph = new Graph(recording: true) { Recomputes = Recomputed, BrainProducts = options.BrainProducts };
    }

    /// <summary>Whether blocks were computed again in the backward pass: by the options, or because memory was short.</summary>
    public bool Recomputed { get; private set; }

    /// <summary>One step.</summary>
    /// <param name="step">From 1; for messages.</param>
    /// <param name="rate">Learning rate.</param>
    /// <returns>The summed loss and the norm before clipping; number of steps and epoch are the caller's.</returns>
    /// <exception cref="DivergedException">The loss or a gradient is not finite: training diverged. The message names step and parameter; no parameter was moved.</exception>
    public TrainingStep Step(int step, double rate, PartLoss loss, int parts = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        var value = Gradients(step, loss, parts);
        options.OnGradients?.Invoke();
        for (var i = 0; i < trained.Length; i++)
            gradients[i] = trained[i].Gradient;
        var norm = options.ClipNorm is { } limit ? GradientClipping.ByNorm(gradients, limit) : GradientClipping.Norm(gradients);
        if (!double.IsFinite(norm))
            throw Diverged(step, trained.FirstOrDefault(p => !IsFinite(p.Gradient)) is { } bad ? $"the gradient of {bad.Name} holds NaN or infinity" : "the gradients' norm overflows", FormattableString.Invariant($" at a loss of {value}"));
        for (var i = 0; i < trained.Length; i++)
            slots[i].By.Step(slots[i].Slot, trained[i], rate * slots[i].Factor);
        return new TrainingStep(step, 0, 0, value, norm, rate);
    }

    /// <summary>Lets the optimizer forget a parameter's steps, as where its values were drawn afresh; the gradients and the other parameters stay.</summary>
    /// <exception cref="ArgumentException">The parameter is none of those trained.</exception>
    public void Reset(Parameter parameter)
    {
        var i = Array.IndexOf(trained, parameter);
        if (i < 0)
            throw new ArgumentException($"'{parameter.Name}' is none of the {trained.Length} parameters that are trained", nameof(parameter));
        slots[i].By.Reset(slots[i].Slot);
    }

    /// <summary>What the optimizers remember: the main one's state, then that of the matrices' where there is one.</summary>
    public IReadOnlyList<OptimizerState> Save() => matrices is null ? [main.Save()] : [main.Save(), matrices.Save()];

    /// <summary>Takes over what <see cref="Save"/> gave.</summary>
    /// <exception cref="AttuneException">It is of other optimizers or parameters.</exception>
    public void Load(IReadOnlyList<OptimizerState> states)
    {
        if (states.Count != (matrices is null ? 1 : 2))
            throw new AttuneException(FormattableString.Invariant($"the saved training has {states.Count} optimizers but {(matrices is null ? 1 : 2)} are at work; resume with the options that the training began with, or start it anew"));
        main.Load(states[0]);
        matrices?.Load(states[1]);
    }

    public void Dispose()
    {
        graph.Dispose();
        main.Dispose();
        matrices?.Dispose();
    }

    private (Optimizer, int, double) Slot(Parameter p) => matrices is not null && options.IsMatrix(p)
        ? (matrices, matrices.Add(p, options.Decays(p)), options.MatrixRate)
        : (main, main.Add(p, options.Decays(p)), 1);

    /// <summary>Forward and backward of all parts; returns the loss.</summary>
    private float Gradients(int step, PartLoss loss, int parts)
    {
        foreach (var p in trained)
            p.ClearGradient();
        var sum = 0f;
        for (var part = 0; part < parts; part++)
        {
            graph.Reset();
            try
            {
                sum += Gradient(step, loss, part);
            }
            // What an earlier part added to the gradients would be added again, so only a step of one part is repeated.
            catch (AttuneException e) when (parts == 1 && !graph.Recomputes && (graph.RanShort || e is MemoryLimitException))
            {
                // The same step again in less memory: the weights are untouched and the random numbers are drawn again.
                graph.Repeat();
                Recomputed = graph.Recomputes = true;
                foreach (var p in trained)
                    p.ClearGradient();
                sum += Gradient(step, loss, part);
            }
        }
        return sum;
    }

    private float Gradient(int step, PartLoss loss, int part)
    {
        var y = loss(graph, part);
        var value = y.Span[0];
        if (!float.IsFinite(value))
            throw Diverged(step, FormattableString.Invariant($"the loss is {value}"), trained.FirstOrDefault(p => !IsFinite(p.Value)) is { } bad ? $" and the parameter {bad.Name} holds NaN or infinity" : "");
        graph.Backward(y);
        return value;
    }

    private static DivergedException Diverged(int step, string what, string detail) =>
        new(FormattableString.Invariant($"training diverged at step {step}: {what}{detail}; lower the learning rate"));

    private static bool IsFinite(Tensor t) => t.Span.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) < 0;
}

using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.ModelAveraging;

/// <summary>
/// Trains one learner. On a fixed set it runs through the set in shuffled passes and looks at the loss on sequences of its own for that; when the best look stays the best,
/// it goes back to its weights and lets the rate fall from there as it falls on fresh sequences, so that what is measured is the number of tokens, and neither that of
/// steps nor a rate that was still high.
/// </summary>
internal sealed class ConceptTraining(AveragingPlan plan, ConceptPool pool, LearnerSize size, SeededRandom random)
{
    private readonly SeededRandom data = random.Fork("data");
    private readonly ConceptSequence[] set = Sequences(pool, plan.Length, size.Sequences, random.Fork("set"));
    private readonly ConceptSequence[] validation = Sequences(pool, plan.Length, size.Sequences == 0 ? 0 : AveragingPlan.Validation, random.Fork("validation"));
    private int next;

    /// <summary>Steps that were done.</summary>
    public int Steps { get; private set; }

    /// <summary>Loss on <see cref="validation"/> at each look; empty on fresh sequences.</summary>
    public List<double> Looks { get; } = [];

    public ConceptLearner Run(CancellationToken cancel)
    {
        var learner = new ConceptLearner(pool, plan.Length, size.Layers, plan.Heads, plan.Width, random.Fork("weights"));
        var best = new Snapshot(learner.Parameters);
        var rate = SmallLlama.Rate(plan.Rate, plan.Steps);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            Train(learner, best, plan.Steps, rate, () => HasNothingMore(stop), stop.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The set has nothing more to give at these rates.
            best.Restore();
            var led = (Looks.IndexOf(Looks.Min()) + 1) * plan.StepsBetweenLooks(size);
            var steps = Math.Max(led / 2, plan.StepsBetweenLooks(size));
            Train(learner, best, steps, Falling(rate(led - 1), SmallLlama.Least * plan.Rate, steps), onLook: null, cancel);
        }
        if (set.Length > 0)
            best.Restore();
        return learner;
    }

    /// <summary>Half a cosine from a rate to a lower one, which the last of the steps has.</summary>
    internal static Func<int, double> Falling(double from, double to, int steps) => step => to + (from - to) * (1 + Math.Cos(Math.PI * (step + 1) / steps)) / 2;

    /// <summary>On a fixed set with a look from time to time.</summary>
    private void Train(ConceptLearner learner, Snapshot best, int steps, Func<int, double> rate, Action? onLook, CancellationToken cancel) =>
        LearnerTraining.Train(learner.Parameters, SmallLlama.Options(), steps, rate, (graph, _) => learner.Loss(graph, Batch()), (step, _) =>
        {
            Steps++;
            if (set.Length == 0 || (step + 1) % plan.StepsBetweenLooks(size) != 0)
                return;
            Look(learner, best);
            onLook?.Invoke();
        }, cancel);

    private void HasNothingMore(CancellationTokenSource stop)
    {
        if (Looks.Count - 1 - Looks.IndexOf(Looks.Min()) >= AveragingPlan.Patience)
            stop.Cancel();
    }

    private void Look(ConceptLearner learner, Snapshot best)
    {
        var sum = 0.0;
        foreach (var group in validation.Chunk(plan.Batch))
        {
            using var graph = new Graph(recording: false);
            sum += learner.Loss(graph, group).Span[0] * group.Length;
        }
        Looks.Add(sum / validation.Length);
        if (Looks[^1] == Looks.Min())
            best.Take();
    }

    private ConceptSequence[] Batch()
    {
        if (set.Length == 0)
            return Sequences(pool, plan.Length, plan.Batch, data);
        return [.. Enumerable.Range(0, plan.Batch).Select(_ =>
        {
            if (next % set.Length == 0)
                data.Shuffle<ConceptSequence>(set);
            return set[next++ % set.Length];
        })];
    }

    private static ConceptSequence[] Sequences(ConceptPool pool, int length, int count, SeededRandom random) =>
        [.. Enumerable.Range(0, count).Select(_ => pool.Sample(length, random))];

    /// <summary>The numbers of parameters at a moment.</summary>
    private sealed class Snapshot(IReadOnlyList<Parameter> parameters)
    {
        private readonly float[][] values = [.. parameters.Select(p => p.Value.Span.ToArray())];

        public void Take()
        {
            for (var i = 0; i < values.Length; i++)
                parameters[i].Value.Span.CopyTo(values[i]);
        }

        public void Restore()
        {
            for (var i = 0; i < values.Length; i++)
                values[i].CopyTo(parameters[i].Value.Span);
        }
    }
}

namespace Attune.Reproductions;

/// <summary>Trains the learners of S187 and keeps the share of the run that is done.</summary>
internal sealed class AlgorithmLearners(ReproductionContext context, AlgorithmSizes sizes)
{
    /// <summary>Block-steps that all trainings of a run have together: depths, noises at the deepest, the control.</summary>
    private readonly double whole = context.Seeds * (double)sizes.Steps * (sizes.Depths.Sum() + (sizes.Noises.Length * sizes.Deepest));

    private double done;

    /// <summary>A learner of some depth, trained on a task of its own seed.</summary>
    public VectorLearner Train(int seed, int depth, InContextRegression task, string name)
    {
        var learner = VectorLearner.Gpt2(depth, sizes.Heads, sizes.Width, task.Length, sizes.Dimensions + 1, 1, context.Random(seed, $"learner, {name}"));
        task.Train(
            learner, sizes.Steps, sizes.Batch, sizes.Rate, context.Random(seed, $"trained on, {name}"),
            (step, loss) =>
            {
                done += depth;
                if (step % 20 == 0)
                    context.Progress(0.95 * done / whole, FormattableString.Invariant($"seed {seed}, {name}: step {step + 1} of {sizes.Steps}, loss {loss:0.000}"));
            },
            context.Cancel);
        return learner;
    }
}

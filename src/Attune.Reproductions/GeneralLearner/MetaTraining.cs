using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>Meta-trains a learner on K tasks, by the mean cross-entropy of all positions, and tests it.</summary>
internal sealed class MetaTraining
{
    private readonly LearnerSizes sizes;
    private readonly IBaseData data, other;
    private readonly TaskList tasks;
    private readonly SeededRandom random;

    /// <param name="tasks">K.</param>
    /// <param name="random">The same generator gives the same base data and, for each K, the first K tasks of one list.</param>
    public MetaTraining(LearnerSizes sizes, long tasks, SeededRandom random)
    {
        (this.sizes, this.random) = (sizes, random);
        data = new StandardisedData(new GaussianClusters(sizes.Classes, sizes.Inputs, sizes.Noise, random.Fork("base")), random.Fork("sample"));
        other = new StandardisedData(new ArcClasses(sizes.Classes, sizes.Inputs, sizes.Noise / 2, random.Fork("other base")), random.Fork("other sample"));
        this.tasks = new TaskList(tasks, sizes.Inputs, sizes.Classes, random.Fork("tasks"));
    }

    /// <summary>Trains and tests; the learner is left trained.</summary>
    public LearnerOutcome Run(IExampleLearner learner, CancellationToken cancel)
    {
        var stream = random.Fork("sequences");
        var batch = Sequences(sizes.Batch);
        var losses = LearnerTraining.Train(learner.Parameters, new StepOptions { Optimizer = () => new Adam(new AdamOptions()) }, sizes.Steps, Rate, (graph, _) =>
        {
            batch.Fill(data, tasks.Draw, stream);
            return graph.CrossEntropy(learner.Logits(graph, batch), batch.Labels);
        }, onStep: null, cancel);
        return new LearnerOutcome(Test(learner, SeenTest()), Test(learner, UnseenTest()), Test(learner, ForeignTest()), Test(learner, UntransformedTest()),
            [.. Enumerable.Range(0, sizes.Classes).Select(shift => Test(learner, NamedTest(shift)).Last)], losses[^Math.Max(1, sizes.Steps / 10)..].Average(), learner.StateSize, learner.Parameters.Sum(p => p.Count));
    }

    /// <summary>New examples of the tasks of meta-training.</summary>
    public TaskSequences SeenTest() => Sequences(sizes.TestSequences).Fill(data, tasks.Draw, random.Fork("seen"));

    /// <summary>New examples under new projections and names.</summary>
    public TaskSequences UnseenTest() => Sequences(sizes.TestSequences).Fill(data, NewTask, random.Fork("unseen"));

    /// <summary>The same of other base data.</summary>
    public TaskSequences ForeignTest() => Sequences(sizes.TestSequences).Fill(other, NewTask, random.Fork("foreign"));

    /// <summary>The base data as they are, under new names.</summary>
    public TaskSequences UntransformedTest() =>
        Sequences(sizes.TestSequences).Fill(data, r => TransformedTask.Plain(sizes.Classes) with { Names = TransformedTask.Permutation(sizes.Classes, r) }, random.Fork("plain"));

    /// <summary>New examples under new projections, class c being called c + <paramref name="shift"/> in all of them.</summary>
    private TaskSequences NamedTest(int shift) =>
        Sequences(sizes.TestSequences).Fill(data, r => NewTask(r) with { Names = [.. Enumerable.Range(0, sizes.Classes).Select(c => (c + shift) % sizes.Classes)] }, random.Fork("named"));

    private static PositionScores Test(IExampleLearner learner, TaskSequences sequences) => PositionScores.Of(learner, sequences);

    private TaskSequences Sequences(int count) => new(count, sizes.Length, sizes.Inputs, sizes.Classes);

    private TransformedTask NewTask(SeededRandom stream) => TransformedTask.Draw(sizes.Inputs, sizes.Classes, stream);

    /// <summary>Warm-up over a twentieth, then the rate falls to a tenth.</summary>
    private double Rate(int step) => LearningRateSchedule.Cosine(sizes.Rate, Math.Max(1, sizes.Steps / 20), sizes.Steps, least: 0.1)(step + 1);
}

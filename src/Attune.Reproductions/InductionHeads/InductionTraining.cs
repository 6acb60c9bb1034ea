using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Reproductions.InductionHeads;

/// <summary>Trains a net by plain SGD, weights shrunk by 10⁻⁶ each step, and looks at it from time to time.</summary>
public sealed class InductionTraining : IDisposable
{
    private const double Shrink = 1e-6;
    private const int TestBatch = 128;

    private readonly InductionPlan plan;
    private readonly BurstTask task;
    private readonly IInductionNet net;
    private readonly BurstBatch batch;
    private readonly BurstBatch[] novel, shifted, inWeights;
    private readonly SeededRandom random;
    private readonly NormalStream normal;

    public InductionTraining(InductionPlan plan, SeededRandom random)
    {
        this.plan = plan;
        task = new BurstTask(plan.Task, random.Fork("classes"));
        net = plan.Scalar ? new ScalarHeadNet(plan.Task, plan.ClassifierWidth, random.Fork("weights")) : new InductionNet(plan.Task, plan.ClassifierWidth, random.Fork("weights"));
        batch = new BurstBatch(plan.Task, plan.Batch);
        (this.random, normal) = (random.Fork("order"), new NormalStream(random.Fork("noise")));
        var (order, noise) = (random.Fork("test order"), new NormalStream(random.Fork("test noise")));
        // A constant strategy of naming some label of the context is right B/N of the time only where labels differ.
        (novel, shifted, inWeights) = (Tests(BurstKind.Novel), Tests(BurstKind.Shifted), Tests(BurstKind.InWeights));

        BurstBatch[] Tests(BurstKind kind) => [.. Enumerable.Range(0, Math.Max(1, plan.Tests / TestBatch)).Select(_ =>
        {
            var test = new BurstBatch(plan.Task with { DistinctLabels = true }, TestBatch);
            task.Draw(test, kind, order, noise);
            return test;
        })];
    }

    /// <summary>Trains to the end; a look at the beginning, at each <see cref="InductionPlan.Every"/> steps and at the end.</summary>
    /// <param name="onStep">Told each step.</param>
    public IReadOnlyList<LearningPoint> Run(Action<int>? onStep, CancellationToken cancel)
    {
        var options = new StepOptions { Optimizer = () => new Sgd(new SgdOptions { WeightDecay = Shrink / plan.Rate }), ClipNorm = null, Decays = _ => true };
        var points = new List<LearningPoint> { Look(0) };
        LearnerTraining.Train(net.Parameters, options, plan.Steps, _ => plan.Rate, Loss, Note, cancel);
        return points;

        void Note(int step, double loss)
        {
            onStep?.Invoke(step);
            if ((step + 1) % plan.Every == 0 || step + 1 == plan.Steps)
                points.Add(Look(step + 1));
        }
    }

    public void Dispose()
    {
        net.Dispose();
        foreach (var b in (BurstBatch[])[batch, .. novel, .. shifted, .. inWeights])
            b.Dispose();
    }

    private Tensor Loss(Graph graph, int step)
    {
        task.Draw(batch, BurstKind.Training, random, normal);
        return graph.CrossEntropy(net.Logits(graph, batch), batch.Answers);
    }

    private LearningPoint Look(int step)
    {
        using var graph = new Graph(recording: false);
        var measures = new HeadMeasures();
        var any = 0.0;
        var inContext = Accuracy(graph, novel, measures, logits => any += ContextProbability(graph, logits.Batch, logits.Values) / novel.Length);
        return new LearningPoint(step, inContext, Accuracy(graph, shifted, null, null), Accuracy(graph, inWeights, null, null),
            any, measures.PreviousItem, measures.TargetToLabels, measures.TargetToCorrect);
    }

    private double Accuracy(Graph graph, BurstBatch[] tests, HeadMeasures? measures, Action<(BurstBatch Batch, Tensor Values)>? onLogits)
    {
        var (right, all) = (0, 0);
        foreach (var test in tests)
        {
            graph.Reset();
            var logits = net.Logits(graph, test, measures);
            for (var s = 0; s < test.Count; s++, all++)
                right += Largest(logits[s]) == test.Answers[s] ? 1 : 0;
            onLogits?.Invoke((test, logits));
        }
        return (double)right / all;
    }

    private static int Largest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
            best = values[i] > values[best] ? i : best;
        return best;
    }

    /// <summary>The mean probability that goes to labels of the context.</summary>
    internal static double ContextProbability(Graph graph, BurstBatch test, Tensor logits)
    {
        var (p, sum, items) = (graph.Softmax(logits), 0.0, test.Setting.Items);
        for (var s = 0; s < test.Count; s++)
            foreach (var label in test.ContextLabels.AsSpan(s * items, items).ToArray().Distinct())
                sum += p[s][label];
        return sum / test.Count;
    }
}

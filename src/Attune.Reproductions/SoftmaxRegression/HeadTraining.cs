using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Optimizers;
using Attune.Training;

namespace Attune.Reproductions.SoftmaxRegression;

/// <summary>Nets with softmax heads and such with a linear head, trained side by side on the same fresh batches by Adam without decay or clipping.</summary>
public sealed class HeadTraining : IDisposable
{
    /// <summary>Test sequences behind a point of the curves.</summary>
    private const int CurveSequences = 2048;

    private readonly HeadPlan plan;
    private readonly RegressionBatch batch, test;
    private readonly NormalStream normal;

    public HeadTraining(HeadPlan plan, SeededRandom weights, SeededRandom data)
    {
        (this.plan, normal) = (plan, new NormalStream(data.Fork("train")));
        Softmax = new HeadBank(plan.Task.Token, plan.Heads, softmax: true, weights.Fork("softmax"));
        Linear = new HeadBank(plan.Task.Token, [.. Enumerable.Repeat(1, plan.Starts)], softmax: false, weights.Fork("linear"));
        (batch, test) = (new RegressionBatch(plan.Task, plan.Batch), new RegressionBatch(plan.Task, CurveSequences));
        test.Draw(new NormalStream(data.Fork("curve")));
    }

    public HeadBank Softmax { get; }

    public HeadBank Linear { get; }

    /// <summary>Error that could be avoided, by steps done, of each softmax net and each linear one.</summary>
    public List<(int Step, double[] Errors, double[] Linear)> Curve { get; } = [];

    /// <summary>Of the nets with so many heads, the one with the least error at the end of the curve, whose sequences are no test's.</summary>
    public int Best(int heads) => Enumerable.Range(0, plan.Heads.Count).Where(n => plan.Heads[n] == heads).MinBy(n => Curve[^1].Errors[n]);

    /// <summary>The linear net with the least error, in the same way.</summary>
    public int BestLinear => Enumerable.Range(0, plan.Starts).MinBy(n => Curve[^1].Linear[n]);

    /// <summary>Trains all nets from beginning to end.</summary>
    /// <param name="onStep">Told each step.</param>
    public void Run(Action<int>? onStep, CancellationToken cancel)
    {
        var options = new StepOptions { Optimizer = () => new Adam(new AdamOptions()), ClipNorm = null, Decays = _ => false };
        var points = CurveSteps();
        LearnerTraining.Train([.. Softmax.Parameters, .. Linear.Parameters], options, plan.Steps, plan.Rate, Loss, Note, cancel);

        void Note(int step, double loss)
        {
            onStep?.Invoke(step);
            if (points.Contains(step + 1))
                {
                using var graph = new Graph(recording: false);
                Curve.Add((step + 1, Errors(Softmax.Predict(graph, test)), Errors(Linear.Predict(graph, test, plan.Task.Length))));
            }
        }
    }

    public void Dispose()
    {
        Softmax.Dispose();
        Linear.Dispose();
        batch.Dispose();
        test.Dispose();
    }

    private Tensor Loss(Graph graph, int step)
    {
        batch.Draw(normal);
        return graph.Add(Softmax.Loss(graph, batch), Linear.Loss(graph, batch, plan.Task.Length));
    }

    private double[] Errors(Tensor y)
    {
        var errors = new double[y.Columns];
        for (var s = 0; s < test.Count; s++)
            for (var n = 0; n < errors.Length; n++)
                errors[n] += Math.Pow(y[s][n] - test.Clean[s], 2) / test.Count;
        return errors;
    }

    /// <summary>About eight points for each doubling of the steps.</summary>
    private HashSet<int> CurveSteps()
    {
        var steps = new HashSet<int> { plan.Steps };
        for (var s = 50.0; s < plan.Steps; s *= Math.Pow(2, 0.25))
            steps.Add((int)s);
        return steps;
    }
}

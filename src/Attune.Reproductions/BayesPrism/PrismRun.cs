using Attune.Tensors;

namespace Attune.Reproductions.BayesPrism;

/// <summary>One learner from its first weights to what it was measured to do.</summary>
internal sealed class PrismRun(PrismPlan plan, PrismTask task, Func<string, SeededRandom> random)
{
    /// <summary>Probes for each prompt when weights are read, per input.</summary>
    private const int ProbesPerInput = 4;

    private const int GridPoints = 16;

    /// <summary>Trains on fresh functions, then measures.</summary>
    public PrismOutcome Run(Action onStep, CancellationToken cancel)
    {
        var configuration = SmallLlama.Configuration(plan.Layers, plan.Heads, plan.Width, 2 * plan.Points);
        using var learner = new PrismLearner(configuration, task.Family, Own("weights"));
        var (data, steps) = (Own("data"), plan.StepsOf(task));
        LearnerTraining.Train(learner.Parameters, SmallLlama.Options(), steps, SmallLlama.Rate(plan.Rate, steps),
            (graph, _) => learner.Loss(graph, [.. Enumerable.Range(0, plan.Batch).Select(_ => task.Family.Draw(plan.Points, data))]), (_, _) => onStep(), cancel);
        var outcome = PrismOutcome.Measure(task, learner, plan, Own("test"));
        return task.Claim switch
        {
            PrismTask.Fourier => outcome with { Spectra = Spectra(learner.After), BayesSpectra = Spectra((e, shots, x) => BayesPredictor.After(task.Family, e, shots, x)) },
            PrismTask.Linear => outcome with { Cosines = Cosines(learner) },
            _ => outcome,
        };
    }

    private SeededRandom Own(string purpose) => random($"{task.Family.Name}: {purpose}");

    private delegate double[] Predictor(FunctionEpisode episode, int shots, ReadOnlySpan<double> points);

    /// <summary>The mean energies of predictions after some points of functions with even energies: the prompts are the same for all mixes.</summary>
    private double[][] Spectra(Predictor predict)
    {
        var even = FunctionFamilies.FourierEven(PrismPlan.Frequencies, PrismPlan.Noise);
        var grid = FrequencyProbe.Grid(GridPoints, FunctionFamilies.HalfPeriod);
        return [.. PrismPlan.Shots.Select(shots =>
        {
            var (stream, sum) = (random("prompts"), new double[PrismPlan.Frequencies]);
            for (var p = 0; p < plan.Prompts; p++)
            {
                var energies = FrequencyProbe.Energies(predict(even.Draw(shots, stream), shots, grid), sum.Length);
                for (var n = 0; n < sum.Length; n++)
                    sum[n] += energies[n] / plan.Prompts;
            }
            return sum;
        })];
    }

    /// <summary>Least squares over predictions at random probes gives the learner's weights (section 3 of the paper); the exact predictor's are its predictions at unit vectors.</summary>
    private double[] Cosines(PrismLearner learner)
    {
        var (inputs, stream) = (task.Family.Inputs, Own("probes"));
        double[] units = [.. Enumerable.Range(0, inputs * inputs).Select(i => i % inputs == i / inputs ? 1.0 : 0)];
        return [.. Enumerable.Range(1, plan.Points - 1).Select(shots =>
        {
            var sum = 0.0;
            for (var p = 0; p < plan.Prompts; p++)
            {
                var episode = task.Family.Draw(shots, stream);
                double[] probes = [.. Enumerable.Range(0, ProbesPerInput * inputs * inputs).Select(_ => stream.NextNormal())];
                var implied = LeastSquares.Solve(probes, learner.After(episode, shots, probes), inputs);
                sum += Cosine(implied, BayesPredictor.After(task.Family, episode, shots, units));
            }
            return sum / plan.Prompts;
        })];
    }

    private static double Cosine(double[] a, double[] b) => LinearRegressor.Dot(a, b) / Math.Sqrt(LinearRegressor.Dot(a, a) * LinearRegressor.Dot(b, b));
}

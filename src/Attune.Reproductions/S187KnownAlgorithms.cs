namespace Attune.Reproductions;

/// <summary>Which algorithm in-context regression is: learners beside gradient descent, ridge and least squares, weights set by hand, and probes of the states.</summary>
public sealed class S187KnownAlgorithms : IReproduction
{
    public ReproductionCard Card { get; } = new()
    {
        Id = "S187",
        Title = "In-context learning as known algorithms",
        Paper = "Akyürek, Schuurmans, Andreas, Ma, Zhou: What learning algorithm is in-context learning? Investigations with linear models. ICLR 2023, arXiv 2211.15661",
        DoneWhen = "Learners trained on linear regression are compared with gradient descent, ridge and least squares by depth and noise; weights set by hand run both algorithms exactly; late layers give up the weight vector.",
        Setting = "GPT-2 learners (small: d = 3, 8 pairs, width 32, 1 to 4 blocks, 3,000 steps; full: d = 8, 16 pairs, width 64, up to 8 blocks, 30,000 steps) read pairs as separate vectors of x and y. MSPD is the squared difference of predictions, averaged over positions with fewer pairs than dimensions.",
        Claims =
        [
            new Claim("exact", "Weights set by hand make a transformer run one gradient step, and one Sherman–Morrison step of ridge regression, exactly.", "Largest error ≤ 1e-9 in float64 with bilinear units for both; with GELU products a tenth of the scale leaves 1/50 to 1/200 of the error."),
            new Claim("depth", "With depth the algorithm that a learner is nearest to moves from one gradient step over ridge to least squares.", "Nearest by mean MSPD among one gradient step (rate fitted), ridge 0.5, ridge 0.1 and OLS: the step at 1 block, OLS at the deepest, ridge or OLS between, never going back."),
            new Claim("closer", "Deeper learners agree more with least squares.", "Mean MSPD to OLS falls with every added depth."),
            new Claim("noise", "Under noise learners become the ridge regression of least Bayes risk, λ = σ²/τ².", "At every σ² the ridge of least mean MSPD is that with λ = σ², among σ² of all tasks, 0.05 and 2."),
            new Claim("decode", "Late layers encode the weight vector.", "An MLP probe of w in a layer of the later half leaves at most 0.5 of its variance, at most half of what it leaves at the input, and at most half of what it leaves of a control learner."),
        ],
        Minutes = new ScaleMinutes(0.05, 5, 500),
    };

    public void Run(ReproductionContext context)
    {
        var sizes = AlgorithmSizes.Of(context);
        sizes.Report(context);
        AlgorithmChecks.Run(context);
        var learners = new AlgorithmLearners(context, sizes);
        var (depth, noise, probes, linearity) = (new DepthStudy(sizes), new NoiseStudy(sizes), new ProbeStudy(sizes), new LinearityStudy(sizes));
        for (var seed = 0; seed < context.Seeds; seed++)
        {
            foreach (var blocks in sizes.Depths)
            {
                using var learner = learners.Train(seed, blocks, sizes.Task(), FormattableString.Invariant($"{blocks} blocks"));
                var distances = Distances(context, sizes, seed, learner, 0);
                depth.Add(blocks, distances);
                if (blocks != sizes.Deepest)
                    continue;
                noise.Add(0, distances);
                linearity.Add(context, seed, learner);
                probes.Add(context, seed, learner, isControl: false);
            }
            foreach (var variance in sizes.Noises.Where(v => v > 0))
            {
                using var learner = learners.Train(seed, sizes.Deepest, sizes.Task(variance), FormattableString.Invariant($"noise {variance}"));
                noise.Add(variance, Distances(context, sizes, seed, learner, variance));
            }
            using var control = learners.Train(seed, sizes.Deepest, sizes.Task() with { Constant = [.. Enumerable.Repeat(1.0, sizes.Dimensions)] }, "control");
            probes.Add(context, seed, control, isControl: true);
        }
        depth.Report(context);
        noise.Report(context);
        linearity.Report(context);
        probes.Report(context);
    }

    private static AlgorithmDistances Distances(ReproductionContext context, AlgorithmSizes sizes, int seed, VectorLearner learner, double variance)
    {
        var task = sizes.Task(variance);
        var sequences = task.Draw(context.Random(seed, FormattableString.Invariant($"test {variance}")), sizes.TestSequences);
        return new AlgorithmDistances(sequences, task.Predictions(learner, sequences));
    }
}

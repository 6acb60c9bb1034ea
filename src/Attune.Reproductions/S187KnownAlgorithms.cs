namespace Attune.Reproductions;

/// <summary>Which algorithm in-context regression is: learners beside gradient descent, ridge and least squares, weights set by hand, and probes of the states.</summary>
public sealed class S187KnownAlgorithms : IReproduction
{
    private const string Apart = "95% interval over seeds of the paired difference";

    public ReproductionCard Card { get; } = new()
    {
        Id = "S187",
        Title = "In-context learning as known algorithms",
        Paper = "Akyürek, Schuurmans, Andreas, Ma, Zhou: What learning algorithm is in-context learning? Investigations with linear models. ICLR 2023, arXiv 2211.15661",
        DoneWhen = "Learners trained on linear regression are compared with gradient descent, ridge and least squares by depth and noise; weights set by hand run both algorithms exactly; late layers give up the weight vector.",
        Setting = "GPT-2 learners (small: d = 3, 8 pairs, width 32, 1 to 4 blocks, 3,000 steps; full: d = 8, 16 pairs, width 64, up to 8 blocks, 30,000 steps) read pairs as separate vectors of x and y; τ = 1. MSPD is the squared difference of predictions, averaged over positions with fewer pairs than dimensions. " +
            "Unlike the paper: the rate of the gradient step is fitted to each learner, on other sequences than those reported (ridge and least squares have nothing fitted); higher rates (0.003, 0.001 at full scale) and a warm-up over a tenth of the steps; a probe's scores are 3s before softmax, its last map begins at zero, its rate is 0.01, and there is no map in front of its hidden layer. " +
            "Sizes and the probe's training were settled in trials whose random numbers no reported run draws again: at d = 4 small learners did not converge in the time there is, and earlier probes read less than was there.",
        Claims =
        [
            new Claim("exact", "Weights set by hand make a transformer run one gradient step, and one Sherman–Morrison step of ridge regression, exactly.",
                Text($"Largest error ≤ {AlgorithmChecks.ExactBound:0e0} in float64 with bilinear units for both; with GELU products, for both, a tenth of the scale leaves 1/{AlgorithmChecks.LeastRatio} to 1/{AlgorithmChecks.MostRatio} of the error.")) { IsComputed = true },
            new Claim("depth", "With depth the algorithm that a learner is nearest to moves from one gradient step over ridge to least squares.",
                $"Nearest in MSPD among one gradient step (rate fitted on other sequences), ridge 0.5, ridge 0.1 and OLS: the step at 1 block, OLS at the deepest, ridge or OLS between, never going back. At every depth the {Apart} of each other's MSPD and the nearest's is above 0."),
            new Claim("closer", "Deeper learners agree more with least squares.", $"For every added depth the {Apart} of MSPD to OLS, deeper less shallower, is below 0."),
            new Claim("noise", "Under noise learners become the ridge regression of least Bayes risk, λ = σ²/τ².",
                $"At every σ² the ridge with λ = σ² is the nearest in MSPD among σ² of all tasks, 0.05 and 2: the {Apart} of each other's MSPD and its own is above 0."),
            new Claim("decode", "Late layers encode the weight vector.",
                Text($"An MLP probe of w behind a block of the later half leaves at most {ProbeStudy.MostError} of w's variance, less than behind the best block of the earlier half, at most {ProbeStudy.MostRatio} of what it leaves at the input, and at most {ProbeStudy.MostRatio} of what it leaves of a control learner at that one's own best layer; each by the 95% interval over seeds, of paired differences where two are compared. Layers are chosen on other rows than those reported.")),
        ],
        Minutes = new ScaleMinutes(0.05, 9, 850),
        Seeds = 5,
    };

    public void Run(ReproductionContext context)
    {
        var sizes = AlgorithmSizes.Of(context);
        context.Settings("sizes", sizes);
        AlgorithmChecks.Run(context);
        var learners = new AlgorithmLearners(context, sizes);
        var (depth, noise, probes, linearity) = (new DepthStudy(sizes), new NoiseStudy(sizes), new ProbeStudy(sizes), new LinearityStudy(sizes));
        for (var seed = 0; seed < context.Seeds; seed++)
        {
            foreach (var blocks in sizes.Depths)
            {
                using var learner = learners.Train(seed, blocks, sizes.Task(), FormattableString.Invariant($"{blocks} blocks"));
                var distances = Distances(context, sizes, seed, learner, 0, "reported");
                depth.Add(blocks, distances, Distances(context, sizes, seed, learner, 0, "fitted on").NearestStep());
                if (blocks != sizes.Deepest)
                    continue;
                noise.Add(0, distances);
                linearity.Add(context, seed, learner);
                probes.Add(context, seed, learner, isControl: false);
            }
            foreach (var variance in sizes.Noises.Where(v => v > 0))
            {
                using var learner = learners.Train(seed, sizes.Deepest, sizes.Task(variance), FormattableString.Invariant($"noise {variance}"));
                noise.Add(variance, Distances(context, sizes, seed, learner, variance, "reported"));
            }
            using var control = learners.Train(seed, sizes.Deepest, sizes.Task() with { Constant = [.. Enumerable.Repeat(1.0, sizes.Dimensions)] }, "control");
            probes.Add(context, seed, control, isControl: true);
        }
        depth.Report(context);
        noise.Report(context);
        linearity.Report(context);
        probes.Report(context);
    }

    private static AlgorithmDistances Distances(ReproductionContext context, AlgorithmSizes sizes, int seed, VectorLearner learner, double variance, string purpose)
    {
        var task = sizes.Task(variance);
        var sequences = task.Draw(context.Random(seed, FormattableString.Invariant($"sequences {purpose}, noise {variance}")), sizes.TestSequences);
        return new AlgorithmDistances(sequences, task.Predictions(learner, sequences));
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

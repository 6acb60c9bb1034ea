using System.Globalization;
using Attune.Reproductions.ModelAveraging;

namespace Attune.Reproductions;

/// <summary>S190: in-context learners against exact Bayesian model averaging.</summary>
public sealed class S190ModelAveraging : IReproduction
{
    /// <summary>Of a computation in float64.</summary>
    private const double Rounding = 1e-9;

    /// <summary>How many standard errors two simulations may differ by: the chance is below 1 in 1,000 for the five values together.</summary>
    private const double SimulationErrors = 4;

    public ReproductionCard Card { get; } = new()
    {
        Id = "S190",
        Title = "In-context learning as Bayesian model averaging",
        Paper = "Y. Zhang, F. Zhang, Z. Yang and Z. Wang, What and How does In-Context Learning Learn? Bayesian Model Averaging, Parameterization, and Generalization, 2023, arXiv 2305.19420",
        DoneWhen = "A learner is compared with exact model averaging: T times the average regret stays under ln |Z| (exact averaging itself falls with a log-log slope of about −0.83 from T = 8 to 32, not −1); its error falls with depth and with the tokens of pretraining.",
        Setting = "Exact averaging over 32 concepts (tables of 4 responses for 8 covariates, rows from Dirichlet(1)), and decoders on the tokens c₁ r₁ … c_T r_T of a pool of their own, trained on the responses alone: 8 concepts, 4 covariates, T = 16, width 32, 1, 2 and 4 layers, 6,000 steps of 32 fresh sequences, and fixed sets of 2^13 to 2^17 tokens at small, on which the rate falls from the best look at other sequences on; 32 concepts, 8 covariates, T = 32, width 64, 1 to 8 layers and 2^14 to 2^20 tokens at full. Positions are rotary; the paper, a theory, has no experiment that could be copied, and rates with exponents need more sizes than a small run has.",
        Claims =
        [
            new("exact-rate", "Exact averaging has average regret O(1/T): T × regret never passes ln |Z|, on any sequence.", Text($"largest T·regret of any sequence and T at most ln |Z|, none below 0, rounding of {Rounding} aside")) { IsComputed = true },
            new("learner-rate", "The pretrained learner's average regret falls as 1/T.", "T × average regret of the deepest learner: the 95% interval over seeds is below ln |Z| at every T up to the training length"),
            new("depth", "The error of the pretrained learner falls with depth.", "KL from exact averaging, mean over positions: at each doubling of depth the 95% interval over seeds of the paired difference to the half is below 0"),
            new("tokens", "The error falls with the tokens of pretraining.", "the same KL at one depth: at each larger set, fresh sequences being the largest, the 95% interval over seeds of the paired difference to the one before is below 0"),
        ],
        Minutes = new(0.1, 9, 400),
        Seeds = 5,
    };

    public void Run(ReproductionContext context)
    {
        var plan = new AveragingPlan(context.At(8, 8, 32), context.At(4, 4, 8), 4, context.At(8, 16, 32), context.At<int[]>([1, 2], [1, 2, 4], [1, 2, 4, 8]),
            context.At<int[]>([16, 64], [256, 1_024, 4_096], [256, 1_024, 4_096, 16_384]), 2, 4, context.At(16, 32, 64), context.At(8, 32, 32),
            context.At(20, 6_000, 30_000), context.At(3e-3, 3e-3, 2e-3), context.At(2_000, 2_000, 10_000), context.At(32, 1_024, 4_096));
        context.Settings("plan", plan);
        context.Setting("validation", AveragingPlan.Validation);
        context.Setting("patience", AveragingPlan.Patience);
        AveragingChecks.Add(context);
        var exact = Sweep.Each(context.Seeds, seed => ExactRegret.Simulate(plan.Exact, context.Random(seed, "exact")));
        context.Check("standard errors by which exact averaging differs from the known simulation", AveragingChecks.KnownSimulation(exact, plan.Exact), SimulationErrors);
        DecideExact(context, exact);
        var outcomes = Train(context, plan);
        DecideRate(context, plan, outcomes.Where(s => s[0].Size.Sequences == 0).MaxBy(s => s[0].Size.Layers)!);
        DecideFall(context, "depth", [.. outcomes.Where(s => s[0].Size.Sequences == 0).OrderBy(s => s[0].Size.Layers)],
            size => string.Create(CultureInfo.InvariantCulture, $"KL, {size.Layers} layers"));
        DecideFall(context, "tokens", [.. outcomes.Where(s => s[0].Size.Layers == plan.SetDepth).OrderBy(s => plan.Tokens(s[0].Size))], size => $"KL, {AveragingExhibits.Tokens(plan, size)} tokens");
        AveragingExhibits.Add(context, plan, exact, outcomes);
    }

    /// <summary>[learner][seed]; every learner is trained by one thread, and those of a seed share their pool and test.</summary>
    private static LearnerOutcome[][] Train(ReproductionContext context, AveragingPlan plan)
    {
        var (seeds, learners) = (context.Seeds, plan.Learners);
        var progress = new SweepProgress(context, learners.Count * seeds, "learners");
        var outcomes = Sweep.Each(learners.Count * seeds, job =>
        {
            var (size, seed) = (learners[job / seeds], job % seeds);
            var pool = ConceptPool.Draw(plan.Concepts, plan.Covariates, plan.Responses, context.Random(seed, "pool"));
            var training = new ConceptTraining(plan, pool, size, context.Random(seed, string.Create(CultureInfo.InvariantCulture, $"learner {size.Layers} {size.Sequences}")));
            using var learner = training.Run(context.Cancel);
            var stream = context.Random(seed, "test");
            ConceptSequence[] test = [.. Enumerable.Range(0, plan.Test).Select(_ => pool.Sample(plan.Length, stream))];
            var outcome = LearnerOutcome.Measure(size, pool, learner, test, plan.Batch);
            progress.Ended();
            return outcome;
        });
        return [.. outcomes.Chunk(seeds)];
    }

    private static void DecideExact(ReproductionContext context, ExactRegret[] exact)
    {
        var cap = Math.Log(ExactRegret.Concepts);
        var slope = new Measured("log-log slope, T = 8 to 32", [.. exact.Select(e => Line.LogLog(e.Mean, 8, ExactRegret.Length).Slope)]);
        context.Decide("exact-rate", exact.All(e => e.Largest <= cap + Rounding && e.Least >= -Rounding),
            string.Create(CultureInfo.InvariantCulture, $"ln |Z| = {cap:0.0000}; T × regret still grows towards it here, so the slope is above −1"),
            new Measured("largest T·regret", [.. exact.Select(e => e.Largest)]), new Measured("mean T·regret at T = 32", [.. exact.Select(e => e.Mean[^1])]), slope);
    }

    private static void DecideRate(ReproductionContext context, AveragingPlan plan, LearnerOutcome[] deepest)
    {
        var cap = Math.Log(plan.Concepts);
        Measured[] totals = [.. Enumerable.Range(0, plan.Length).Select(t => new Measured(Text($"T·regret at T = {t + 1}"), [.. deepest.Select(o => o.Total[t])]))];
        var largest = totals.MaxBy(t => t.Mean)!;
        var from = plan.Length / 4;
        var fits = deepest.Select(o => Line.OverTime(o.Total, from, plan.Length)).ToArray();
        Measured Of(string name, Func<LearnerOutcome, double> measure) => new(name, [.. deepest.Select(measure)]);
        context.Decide("learner-rate", totals.All(t => t.IsBelow(cap)),
            string.Create(CultureInfo.InvariantCulture, $"ln |Z| = {cap:0.000}; the first value is the largest of any T; a and b are of regret = a/T + b from T = {from} on"),
            largest, totals[^1], Of("of exact averaging", o => o.ExactTotal[^1]), new Measured("a", [.. fits.Select(f => f.Slope)]), new Measured("b", [.. fits.Select(f => f.Intercept)]),
            Of("log-log slope", o => Line.LogLog(o.Total, from, plan.Length).Slope), Of("log-log slope of exact averaging", o => Line.LogLog(o.ExactTotal, from, plan.Length).Slope));
    }

    private static void DecideFall(ReproductionContext context, string claim, LearnerOutcome[][] ascending, Func<LearnerSize, string> name)
    {
        Measured[] errors = [.. ascending.Select(seeds => new Measured(name(seeds[0].Size), [.. seeds.Select(o => o.Error)]))];
        Measured[] steps = [.. errors.Zip(errors.Skip(1), (before, after) => Measured.Difference($"{after.Name} − {before.Name}", after, before))];
        context.Decide(claim, steps.All(d => d.IsBelow(0)), Text($"{steps.Count(d => d.IsBelow(0))} of {steps.Length} steps bring it down by the interval"), [.. errors, .. steps]);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

using System.Globalization;
using Attune.Reproductions.ModelAveraging;

namespace Attune.Reproductions;

/// <summary>S190: in-context learners against exact Bayesian model averaging.</summary>
public sealed class S190ModelAveraging : IReproduction
{
    public ReproductionCard Card { get; } = new()
    {
        Id = "S190",
        Title = "In-context learning as Bayesian model averaging",
        Paper = "Y. Zhang, F. Zhang, Z. Yang and Z. Wang, What and How does In-Context Learning Learn? Bayesian Model Averaging, Parameterization, and Generalization, 2023, arXiv 2305.19420",
        DoneWhen = "A learner is compared with exact model averaging: T times the average regret stays under ln |Z| (exact averaging itself falls with a log-log slope of about −0.83 from T = 8 to 32, not −1); its error falls with depth and with the tokens of pretraining.",
        Setting = "Exact averaging over 32 concepts (tables of 4 responses for 8 covariates, rows from Dirichlet(1)), and decoders on the tokens c₁ r₁ … c_T r_T of a pool of their own, trained on the responses alone: 8 concepts, 4 covariates, T = 16, width 32, 1, 2 and 4 layers, 6,000 steps of 32 fresh sequences, and fixed sets of 2^13 to 2^17 tokens with early stopping at small; 32 concepts, 8 covariates, T = 32, width 64, 1 to 8 layers and 2^14 to 2^20 tokens at full. Positions are rotary; the paper, a theory, has no experiment that could be copied, and rates with exponents need more sizes than a small run has.",
        Claims =
        [
            new("exact-rate", "Exact averaging has average regret O(1/T): T × regret never passes ln |Z|, on any sequence.", "largest T·regret of any sequence and T at most ln |Z|, none below 0, rounding of 1e-9 aside"),
            new("learner-rate", "The pretrained learner's average regret falls as 1/T.", "T × average regret of the deepest learner at most ln |Z| at every T up to the training length, mean over seeds"),
            new("depth", "The error of the pretrained learner falls with depth.", "KL from exact averaging, mean over positions: its mean over seeds falls at each doubling of depth, and it is less at the largest than at the least depth in every seed"),
            new("tokens", "The error falls with the tokens of pretraining.", "the same KL at one depth: its mean over seeds falls at each larger set, fresh sequences being the largest, and from the least to the largest in every seed"),
        ],
        Minutes = new(0.1, 5, 240),
    };

    public void Run(ReproductionContext context)
    {
        var plan = new AveragingPlan(context.At(8, 8, 32), context.At(4, 4, 8), 4, context.At(8, 16, 32), context.At<int[]>([1, 2], [1, 2, 4], [1, 2, 4, 8]),
            context.At<int[]>([16, 64], [256, 1_024, 4_096], [256, 1_024, 4_096, 16_384]), 2, 4, context.At(16, 32, 64), context.At(8, 32, 32),
            context.At(20, 6_000, 30_000), context.At(3e-3, 3e-3, 2e-3), context.At(32, 1_024, 4_096));
        context.Setting("steps", plan.Steps);
        context.Setting("concepts", plan.Concepts);
        context.Setting("length", plan.Length);
        context.Setting("width", plan.Width);
        AveragingChecks.Add(context);
        var exact = Sweep.Each(context.Seeds, seed => ExactRegret.Simulate(context.At(50, 2_000, 10_000), context.Random(seed, "exact")));
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
        const double rounding = 1e-9;
        var cap = Math.Log(ExactRegret.Concepts);
        var slope = new Measured("log-log slope, T = 8 to 32", [.. exact.Select(e => Line.LogLog(e.Mean, 8, ExactRegret.Length).Slope)]);
        context.Decide("exact-rate", exact.All(e => e.Largest <= cap + rounding && e.Least >= -rounding),
            string.Create(CultureInfo.InvariantCulture, $"ln |Z| = {cap:0.0000}; T × regret still grows towards it here, so the slope is above −1"),
            new Measured("largest T·regret", [.. exact.Select(e => e.Largest)]), new Measured("mean T·regret at T = 32", [.. exact.Select(e => e.Mean[^1])]), slope);
    }

    private static void DecideRate(ReproductionContext context, AveragingPlan plan, LearnerOutcome[] deepest)
    {
        var cap = Math.Log(plan.Concepts);
        var largest = Enumerable.Range(0, plan.Length).Max(t => deepest.Average(o => o.Total[t]));
        var from = plan.Length / 4;
        var fits = deepest.Select(o => Line.OverTime(o.Total, from, plan.Length)).ToArray();
        Measured Of(string name, Func<LearnerOutcome, double> measure) => new(name, [.. deepest.Select(measure)]);
        context.Decide("learner-rate", largest <= cap,
            string.Create(CultureInfo.InvariantCulture, $"largest mean T·regret {largest:0.000}, ln |Z| = {cap:0.000}; a and b are of regret = a/T + b from T = {from} on"),
            Of("T·regret at the last T", o => o.Total[^1]), Of("of exact averaging", o => o.ExactTotal[^1]), new Measured("a", [.. fits.Select(f => f.Slope)]), new Measured("b", [.. fits.Select(f => f.Intercept)]),
            Of("log-log slope", o => Line.LogLog(o.Total, from, plan.Length).Slope), Of("log-log slope of exact averaging", o => Line.LogLog(o.ExactTotal, from, plan.Length).Slope));
    }

    private static void DecideFall(ReproductionContext context, string claim, LearnerOutcome[][] ascending, Func<LearnerSize, string> name)
    {
        Measured[] errors = [.. ascending.Select(seeds => new Measured(name(seeds[0].Size), [.. seeds.Select(o => o.Error)]))];
        var falls = errors.Zip(errors.Skip(1)).All(p => p.Second.Mean < p.First.Mean);
        var everySeed = errors[0].PerSeed.Zip(errors[^1].PerSeed).All(p => p.Second < p.First);
        context.Decide(claim, falls && everySeed, falls ? "it falls at every step" : "it does not fall at every step", errors);
    }
}

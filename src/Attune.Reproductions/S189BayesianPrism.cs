using System.Globalization;
using Attune.Reproductions.BayesPrism;

namespace Attune.Reproductions;

/// <summary>S189: in-context learners against the exact Bayes predictor, and the frequencies that they prefer.</summary>
public sealed class S189BayesianPrism : IReproduction
{
    /// <summary>The done-when's bound on the gap, over Var(y).</summary>
    private const double LargestGap = 0.05;

    /// <summary>How far the mean frequency of a learner's predictions may lie from that of the exact predictor; all frequencies evenly have 2, the ends are 1 and 3.</summary>
    private const double FrequencyDistance = 0.15;

    /// <summary>A learner this many standard errors below the Bayes error has seen what it must not.</summary>
    private const double LeakErrors = 3;

    public ReproductionCard Card { get; } = new()
    {
        Id = "S189",
        Title = "In-context learning through the Bayesian prism",
        Paper = "M. Panwar, K. Ahuja and N. Goyal, In-Context Learning through the Bayesian Prism, ICLR 2024, arXiv 2306.04891",
        DoneWhen = "Learners of linear, non-linear, mixture and Fourier families are compared with the exact Bayes predictor, and the gap in squared error over Var(y) is below 5%; the frequencies of predictions from few points follow the training mix.",
        Setting = "One decoder for each family on 11 points of fresh functions (d = 4, at full 5; noise variance 0.1 with E f² = 1; frequencies 1 to 3), trained by Muon and AdamW: 4 layers of width 32 for 5,000 steps of 32 functions at small, width 64 for 30,000 steps of 64 at full with sparse, sign and monomial families besides; Fourier's families take two and a half times the steps. Unlike the paper positions are rotary, y has a coordinate of its own, a mixture's component is drawn for each sequence and there is no curriculum; families whose predictor is only approximate (low rank, trees, nets) are left out, and a small run says nothing about d = 20 or 10 frequencies.",
        Claims =
        [
            new(PrismTask.Linear, "A learner of linear functions predicts as the exact posterior mean does.", Gap("linear")),
            new(PrismTask.Nonlinear, "So does a learner of functions that are not linear in x.", Gap("non-linear")),
            new(PrismTask.Mixture, "So does a learner of a mixture of priors, which has to find the component as it goes.", Gap("mixture")),
            new(PrismTask.Fourier, "So do learners of Fourier series, for each mix of frequencies.", Gap("Fourier")),
            new("frequency", "The training mix makes the bias: low-heavy mixes prefer low frequencies, even ones none, high-heavy ones high frequencies.",
                "after 2 and after 4 points of the same functions the mean frequency of predictions is ordered low-heavy < even < high-heavy in every seed"),
            new("frequency-bayes", "The bias is that of the exact predictor for the mix.",
                "mean frequency of predictions after 2 and after 4 points within 0.15 of the exact predictor's for each mix, mean over seeds"),
        ],
        Minutes = new(0.15, 7, 360),
    };

    public void Run(ReproductionContext context)
    {
        var inputs = context.At(3, 4, 5);
        var plan = new PrismPlan(PrismTask.All(inputs, context.Scale == RunScale.Full), 11, context.At(1, 4, 4), 4, context.At(16, 32, 64), context.At(8, 32, 64),
            context.At(15, 5_000, 30_000), context.At(3e-3, 3e-3, 2e-3), context.At(32, 2_048, 4_096), context.At(4, 128, 512));
        context.Setting("inputs", inputs);
        context.Setting("steps", plan.Steps);
        context.Setting("layers", plan.Layers);
        context.Setting("width", plan.Width);
        context.Setting("rate", plan.Rate);
        PrismChecks.Add(context);
        var outcomes = Train(context, plan);
        context.Check("standard errors by which the luckiest learner lies below the Bayes error", outcomes.Max(seeds => seeds.Max(o => o.BelowBayes)), LeakErrors);
        foreach (var claim in Card.Claims.Take(4))
            DecideGap(context, claim.Key, [.. outcomes.Where(seeds => seeds[0].Task.Claim == claim.Key)]);
        DecideFrequencies(context, [.. outcomes.Where(seeds => seeds[0].Task.Claim == PrismTask.Fourier)]);
        PrismExhibits.Add(context, outcomes);
    }

    /// <summary>[family][seed]; every learner is trained by one thread.</summary>
    private static PrismOutcome[][] Train(ReproductionContext context, PrismPlan plan)
    {
        var (seeds, done, total) = (context.Seeds, 0, context.Seeds * plan.Families.Sum(plan.StepsOf));
        var outcomes = Sweep.Each(plan.Families.Count * seeds, job =>
        {
            var (task, seed) = (plan.Families[job / seeds], job % seeds);
            return new PrismRun(plan, task, purpose => context.Random(seed, purpose)).Run(() =>
            {
                if (Interlocked.Increment(ref done) is var now && now % 500 == 0)
                    context.Progress(0.98 * now / total, "training");
            }, context.Cancel);
        });
        return [.. outcomes.Chunk(seeds)];
    }

    private static void DecideGap(ReproductionContext context, string claim, PrismOutcome[][] families)
    {
        Measured[] gaps = [.. families.Select(seeds => new Measured($"gap, {seeds[0].Task.Family.Name}", [.. seeds.Select(o => o.Gap)]))];
        Measured[] worst = [.. families.Select(seeds => new Measured($"worst position, {seeds[0].Task.Family.Name}", [.. seeds.Select(o => o.Gaps.Max())]))];
        var zero = families.Min(seeds => seeds.Average(o => o.ZeroGap));
        context.Decide(claim, gaps.All(g => g.Mean < LargestGap),
            string.Create(CultureInfo.InvariantCulture, $"the largest mean gap is {gaps.Max(g => g.Mean):0.0%}; predicting 0 has {zero:0.0%} or more"), [.. gaps, .. worst]);
    }

    private static void DecideFrequencies(ReproductionContext context, PrismOutcome[][] fourier)
    {
        List<Measured> own = [], exact = [];
        var ordered = true;
        for (var shot = 0; shot < PrismPlan.Shots.Length - 1; shot++)
        {
            var at = shot;
            foreach (var seeds in fourier)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{seeds[0].Task.Family.Name}, {PrismPlan.Shots[at]} points");
                own.Add(new Measured(name, [.. seeds.Select(o => FrequencyProbe.MeanFrequency(o.Spectra[at]))]));
                exact.Add(new Measured($"{name}: Bayes", [.. seeds.Select(o => FrequencyProbe.MeanFrequency(o.BayesSpectra[at]))]));
            }
            // The plan's order: even, low-heavy, high-heavy.
            var (even, low, high) = (own[^3].PerSeed, own[^2].PerSeed, own[^1].PerSeed);
            ordered &= Enumerable.Range(0, even.Count).All(s => low[s] < even[s] && even[s] < high[s]);
        }
        context.Decide("frequency", ordered, "the prompts are functions with even energies, the same for the three learners; 2 is the middle", [.. own]);
        var distances = own.Zip(exact, (a, b) => Math.Abs(a.Mean - b.Mean)).ToArray();
        context.Decide("frequency-bayes", distances.All(d => d <= FrequencyDistance),
            string.Create(CultureInfo.InvariantCulture, $"the largest distance of mean frequencies is {distances.Max():0.000}"), [.. own.Zip(exact).SelectMany(p => new[] { p.First, p.Second })]);
    }

    private static string Gap(string what) =>
        string.Create(CultureInfo.InvariantCulture, $"(error − Bayes error)/Var(y), mean over positions and seeds, below {LargestGap:0%} for every {what} family of the run");
}

using System.Globalization;
using Attune.Evaluation.Statistics;
using Attune.Reproductions.BayesPrism;

namespace Attune.Reproductions;

/// <summary>S189: in-context learners against the exact Bayes predictor, and the frequencies that they prefer.</summary>
public sealed class S189BayesianPrism : IReproduction
{
    /// <summary>The done-when's bound on the gap, over Var(y).</summary>
    private const double LargestGap = 0.05;

    /// <summary>How far the mean frequency of a learner's predictions may lie from that of the exact predictor, or from the middle; the ends are 1 and 3.</summary>
    private const double FrequencyDistance = 0.15;

    /// <summary>The mean frequency of even energies.</summary>
    private const double Middle = (PrismPlan.Frequencies + 1) / 2.0;

    /// <summary>The chance that any of all learners falls below the Bayes error at any number of examples so far that it seems to leak: that of three standard errors for a single look.</summary>
    private const double LeakChance = 0.00135;

    public ReproductionCard Card { get; } = new()
    {
        Id = "S189",
        Title = "In-context learning through the Bayesian prism",
        Paper = "M. Panwar, K. Ahuja and N. Goyal, In-Context Learning through the Bayesian Prism, ICLR 2024, arXiv 2306.04891",
        DoneWhen = "Learners of linear, non-linear, mixture and Fourier families are compared with the exact Bayes predictor, and the gap in squared error over Var(y) is below 5%; the frequencies of predictions from few points follow the training mix.",
        Setting = "One decoder for each family on 11 points of fresh functions (d = 4, at full 5; noise variance 0.1 with E f² = 1; frequencies 1 to 3), trained by Muon and AdamW: 4 layers of width 32 for 5,000 steps of 32 functions at small, width 64 for 30,000 steps of 64 at full with sparse, sign and monomial families besides; Fourier's families take two and a half times the steps. Unlike the paper positions are rotary, y has a coordinate of its own, a mixture's component is drawn for each sequence and there is no curriculum; families whose predictor is only approximate (low rank, trees, nets) are left out. A small run says nothing about d = 20 or 10 frequencies, and its one non-linear family are four Haar wavelets of one number.",
        Claims =
        [
            new(PrismTask.Linear, "A learner of linear functions predicts as the exact posterior mean does.", Gap("linear")),
            new(PrismTask.Nonlinear, "So does a learner of functions that are not linear in x.", Gap("non-linear")),
            new(PrismTask.Mixture, "So does a learner of a mixture of priors, which has to find the component as it goes.", Gap("mixture")),
            new(PrismTask.Fourier, "So do learners of Fourier series, for each mix of frequencies.", Gap("Fourier")),
            new("frequency", "The training mix makes the bias: low-heavy mixes prefer low frequencies, even ones none, high-heavy ones high frequencies.",
                string.Create(CultureInfo.InvariantCulture, $"after 2 and after 4 points of the same functions the 95% intervals over seeds of the paired differences in the mean frequency of predictions, even − low-heavy and high-heavy − even, are above 0, and that of even within {FrequencyDistance} of {Middle}")),
            new("frequency-bayes", "The bias is that of the exact predictor for the mix.",
                string.Create(CultureInfo.InvariantCulture, $"mean frequency of predictions after 2 and after 4 points less the exact predictor's: the 95% interval over seeds within {FrequencyDistance} of 0 for each mix")),
        ],
        Minutes = new(0.15, 7, 360),
    };

    public void Run(ReproductionContext context)
    {
        var inputs = context.At(3, 4, 5);
        var plan = new PrismPlan(PrismTask.All(inputs, context.Scale == RunScale.Full), 11, context.At(1, 4, 4), 4, context.At(16, 32, 64), context.At(8, 32, 64),
            context.At(15, 5_000, 30_000), context.At(3e-3, 3e-3, 2e-3), context.At(32, 2_048, 4_096), context.At(4, 128, 512));
        context.Setting("inputs", inputs);
        context.Setting("noise", PrismPlan.Noise);
        context.Setting("frequencies", PrismPlan.Frequencies);
        context.Settings("plan", plan);
        PrismChecks.Add(context);
        var outcomes = Train(context, plan);
        context.Check("standard errors by which the luckiest learner lies below the Bayes error, at any number of examples", outcomes.Max(seeds => seeds.Max(o => o.BelowBayes)),
            StudentDistribution.Quantile(1 - LeakChance / (PrismOutcome.Looks(plan) * outcomes.Length * context.Seeds), plan.Test - 1));
        foreach (var claim in PrismTask.Claims)
            DecideGap(context, claim, [.. outcomes.Where(seeds => seeds[0].Task.Claim == claim)]);
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
        context.Decide(claim, gaps.All(g => g.IsBelow(LargestGap)),
            string.Create(CultureInfo.InvariantCulture, $"the largest mean gap is {gaps.Max(g => g.Mean):0.0%}; predicting 0 has {zero:0.0%} or more"), [.. gaps, .. worst]);
    }

    private static void DecideFrequencies(ReproductionContext context, PrismOutcome[][] fourier)
    {
        List<Measured> own = [], steps = [], distances = [];
        var even = new List<Measured>();
        for (var shot = 0; shot < PrismPlan.DecidedShots.Length; shot++)
        {
            var at = shot;
            Measured Of(int family, Func<PrismOutcome, double[][]> spectra) => new(
                string.Create(CultureInfo.InvariantCulture, $"{fourier[family][0].Task.Family.Name}, {PrismPlan.DecidedShots[at]} points"), [.. fourier[family].Select(o => FrequencyProbe.MeanFrequency(spectra(o)[at]))]);
            // The plan's order: even, low-heavy, high-heavy.
            Measured[] means = [.. Enumerable.Range(0, fourier.Length).Select(f => Of(f, o => o.Spectra))];
            own.AddRange(means);
            even.Add(means[0]);
            steps.AddRange([Measured.Difference($"{means[0].Name} − low-heavy", means[0], means[1]), Measured.Difference($"{means[2].Name} − even", means[2], means[0])]);
            distances.AddRange(means.Select((m, f) => Measured.Difference($"{m.Name}: learner − Bayes", m, Of(f, o => o.BayesSpectra))));
        }
        context.Decide("frequency", steps.All(d => d.IsAbove()) && even.All(m => m.IsBetween(Middle - FrequencyDistance, Middle + FrequencyDistance)),
            string.Create(CultureInfo.InvariantCulture, $"the prompts are functions with even energies, the same for the three learners; {Middle} is the middle"), [.. own, .. steps]);
        context.Decide("frequency-bayes", distances.All(d => d.IsBetween(-FrequencyDistance, FrequencyDistance)),
            string.Create(CultureInfo.InvariantCulture, $"the largest distance of mean frequencies is {distances.Max(d => Math.Abs(d.Mean)):0.000}"), [.. distances]);
    }

    private static string Gap(string what) =>
        string.Create(CultureInfo.InvariantCulture, $"(error − Bayes error)/Var(y), mean over 1 example and more: the 95% interval over seeds is below {LargestGap:0%} for every {what} family of the run");
}

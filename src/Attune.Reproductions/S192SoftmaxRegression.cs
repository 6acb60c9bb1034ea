using System.Globalization;
using Attune.Reproductions.SoftmaxRegression;

namespace Attune.Reproductions;

/// <summary>S192: what softmax heads learn on in-context linear regression.</summary>
public sealed class S192SoftmaxRegression : IReproduction
{
    private const double Blur = 0.1, Imbalance = 0.05, NearDebiased = 1.05, OneOverTwo = 1.8, FourOverTwo = 0.05, NearBayes = 2.5, Always = 0.9;

    /// <summary>Heads whose |μ| is below this share of the net's largest are dead: their directions mean nothing.</summary>
    private const double LiveShare = 0.1;

    public ReproductionCard Card { get; } = new()
    {
        Id = "S192",
        Title = "Softmax attention on in-context linear regression",
        Paper = "Y. Chen and others, In-Context Linear Regression Demystified: Training Dynamics and Mechanistic Interpretability of Multi-Head Softmax Attention, ICML 2025, arXiv 2503.12734",
        DoneWhen = "Trained softmax heads have a diagonal KQ and an OV that reads the label alone and sums to zero; two heads reach one debiased step of gradient descent and halve the error of one head; the ratio to the Bayes error is reported, since a constant factor stays; longer contexts than trained on serve softmax better than linear attention.",
        Setting = "d = 5, L = 40, noise variance 0.1, batches of 128, Adam at 3e-3 that falls along a cosine in the second half: 300 steps at smoke, 40,000 at small with 1, 2 and 4 heads, 100,000 at full with 8 heads besides. Two heads begin from 4 initial weights a seed, since both may fall to the same sign and then do no more than one; the best of them by other sequences stands for two heads, and one claim counts them all. Errors are measured against the target without its noise, on the same fresh sequences for all predictors.",
        Claims =
        [
            new("pattern", "KQ of a live head is a multiple of the identity on x, and OV reads the label alone.", "in the nets with 2 heads or more, the largest over live heads of: share of KQ off the diagonal, spread of the diagonal over its mean, share of OV outside the last entry; each at most 0.1, mean over seeds"),
            new("zero-sum", "The OV entries of a net's heads sum to zero, and heads pair by sign: μ and ω have the same.", "|Σμ|/Σ|μ| at most 0.05 in every net with 2 heads or more, mean over seeds, and no live head of unequal signs"),
            new("debiased", "Two heads reach debiased gradient descent.", "error of two heads over that of the best debiased step at most 1.05, mean over seeds"),
            new("one-head", "Two heads beat one by a factor of about 2.", "error of one head over that of two at least 1.8, mean over seeds"),
            new("consistent", "Two heads reach it from any initial weights.", "share of all initial weights of two heads whose error is at most 1.05 of the best debiased step's: at least 0.9, mean over seeds"),
            new("more-heads", "More than two heads add nothing.", "error of 4 heads over that of 2 within 0.05 of 1, mean over seeds"),
            new("bayes", "The risk is within a constant factor of the Bayes risk.", "error with the noise of the target, of two heads over ridge, at most 2.5, mean over seeds (ideal circuits: 2.1)"),
            new("length", "On longer contexts than trained on, softmax goes on getting better where linear attention gets worse.", "mean error of two heads falls at each doubling from L to 8L, and is below that of linear attention with its trained scale at 2L, 4L and 8L"),
            new("length-mean", "Softmax beats linear attention on longer contexts also where that divides by the length.", "mean error of two heads below that of linear attention divided by the length at 2L, 4L and 8L"),
        ],
        Minutes = new(0.05, 2, 6),
    };

    public void Run(ReproductionContext context)
    {
        var plan = new HeadPlan(new RegressionSetting(5, 40, 0.1), context.At<int[]>([1, 2, 2, 4], [1, 2, 2, 2, 2, 4], [1, 2, 2, 2, 2, 4, 8]), context.At(300, 40_000, 100_000), 128, 3e-3);
        context.Setting("steps", plan.Steps);
        Check(context, plan.Task);
        var trained = new HeadTraining[context.Seeds];
        try
        {
            Train(context, plan, trained);
            var errors = Sweep.Each(trained.Length, seed => Measure(context, plan, trained[seed], seed));
            context.Progress(1, "measured");
            DecideCircuits(context, plan, trained);
            DecideErrors(context, plan, trained, errors);
            DecideLengths(context, plan, trained, errors);
            HeadExhibits.Add(context, plan, trained, errors);
        }
        finally
        {
            foreach (var training in trained)
                training?.Dispose();
        }
    }

    private static void Check(ReproductionContext context, RegressionSetting task)
    {
        var random = context.Random(0, "checks");
        context.Check("two heads ±w agree with a debiased step to second order", HeadChecks.DebiasedOrder(task, random), 0.02);
        context.Check("a net with plugged circuits computes the formula of its heads", HeadChecks.PluggedNet(task, random), 1e-5);
        context.Check("a constant on all labels does not move heads that sum to zero", HeadChecks.Shift(task, [0.4, -0.4], [1, -1], 3, random), 1e-5);
        context.Check("a constant on all labels moves one head by μ times it", HeadChecks.Shift(task, [0.5], [1.5], 3, random), 1e-5);
        context.Check("turning the context around moves nothing", HeadChecks.Permutation(task, random), 1e-5);
        context.Check("gradient of the approximate loss", HeadChecks.LossGradient(task, random), 1e-7);
        context.Check("the approximate loss is flat at the best μ", HeadChecks.GradientAtBestMu(task, random), 1e-10);
        context.Check("least approximate loss of two heads is below that of one", Math.Max(0, ApproximateLoss.Least(task, two: true).Loss - ApproximateLoss.Least(task, two: false).Loss), 0);
    }

    private static void Train(ReproductionContext context, HeadPlan plan, HeadTraining[] trained)
    {
        var done = 0;
        Sweep.Each(trained.Length, seed =>
        {
            trained[seed] = new HeadTraining(plan, context.Random(seed, "weights"), context.Random(seed, "data"));
            trained[seed].Run(_ =>
            {
                if (Interlocked.Increment(ref done) is var now && now % 500 == 0)
                    context.Progress(0.9 * now / ((double)plan.Steps * trained.Length), "training");
            }, context.Cancel);
        });
    }

    /// <summary>Errors at L/2, L, 2L, 4L and 8L.</summary>
    private static HeadErrors[] Measure(ReproductionContext context, HeadPlan plan, HeadTraining trained, int seed)
    {
        var normal = new NormalStream(context.Random(seed, "test"));
        int[] lengths = [.. new[] { 0.5, 1, 2, 4, 8 }.Select(f => (int)(f * plan.Task.Length))];
        return [.. lengths.Select(length => HeadErrors.Measure(trained, plan.Task with { Length = length }, plan.Task.Length, context.At(256, 16_384, 65_536), normal))];
    }

    private static void DecideCircuits(ReproductionContext context, HeadPlan plan, HeadTraining[] trained)
    {
        int[] sizes = [.. plan.Sizes.Where(heads => heads > 1)];
        Measured Of(string name, Func<HeadCircuit[][], double> measure) =>
            new(name, [.. trained.Select(t => measure([.. sizes.Select(heads => t.Softmax.Circuits(t.Best(heads)))]))]);
        Measured Worst(string name, Func<HeadCircuit, double> measure) => Of(name, all => all.Max(heads => Live(heads).Max(measure)));
        var off = Worst("off the diagonal", h => h.OffDiagonal);
        var spread = Worst("spread of the diagonal", h => h.Inhomogeneity);
        var outside = Worst("OV outside the label", h => h.ValueOutside);
        context.Decide("pattern", off.Mean <= Blur && spread.Mean <= Blur && outside.Mean <= Blur, "the worst live head of any net, by seed", off, spread, outside);
        var sum = Of("|Σμ|/Σ|μ|", all => all.Max(heads => Math.Abs(heads.Sum(h => h.Mu)) / heads.Sum(h => Math.Abs(h.Mu))));
        var unequal = Of("live heads of unequal signs", all => all.Sum(heads => Live(heads).Count(h => h.Mu * h.Omega <= 0)));
        context.Decide("zero-sum", sum.Mean <= Imbalance && unequal.Mean == 0, "the least balanced net of each seed", sum, unequal);
    }

    private static void DecideErrors(ReproductionContext context, HeadPlan plan, HeadTraining[] trained, HeadErrors[][] errors)
    {
        Measured At(string name, Func<HeadErrors, Func<int, double>, double> measure) => new(name, [.. errors.Select((e, seed) =>
        {
            var here = e.First(l => l.Length == plan.Task.Length);
            return measure(here, heads => here.Softmax[trained[seed].Best(heads)]);
        })]);
        const string Clean = "error without the target's noise";
        var debiased = At("two heads / debiased step", (e, of) => of(2) / e.DebiasedStep);
        context.Decide("debiased", debiased.Mean <= NearDebiased, Clean, debiased, At("two heads / plain step", (e, of) => of(2) / e.GradientStep));
        var factor = At("one head / two heads", (_, of) => of(1) / of(2));
        context.Decide("one-head", factor.Mean >= OneOverTwo, Clean, factor);
        int[] twos = [.. Enumerable.Range(0, plan.Heads.Count).Where(n => plan.Heads[n] == 2)];
        var share = At("share of initial weights", (e, _) => twos.Count(n => e.Softmax[n] <= NearDebiased * e.DebiasedStep) / (double)twos.Length);
        context.Decide("consistent", share.Mean >= Always, "the others end with both heads of one sign, where two do what one does", share, At("worst / debiased step", (e, _) => twos.Max(n => e.Softmax[n]) / e.DebiasedStep));
        var more = At("four heads / two heads", (_, of) => of(4) / of(2));
        context.Decide("more-heads", Math.Abs(more.Mean - 1) <= FourOverTwo, Clean, more);
        var noise = plan.Task.Noise;
        var bayes = At("two heads / Bayes, with noise", (e, of) => (of(2) + noise) / (e.Ridge + noise));
        context.Decide("bayes", bayes.Mean <= NearBayes, "a step of gradient descent cannot invert the covariance of the sample, so the factor stays however many heads there are",
            bayes, At("two heads / Bayes, without noise", (e, of) => of(2) / e.Ridge));
    }

    private static void DecideLengths(ReproductionContext context, HeadPlan plan, HeadTraining[] trained, HeadErrors[][] errors)
    {
        var lengths = errors[0].Select(e => e.Length).ToArray();
        Measured At(int i, string name, Func<HeadErrors, HeadTraining, double> measure) =>
            new(string.Create(CultureInfo.InvariantCulture, $"{name} at {lengths[i]}"), [.. errors.Select((e, seed) => measure(e[i], trained[seed]))]);
        Measured[] soft = [.. lengths.Select((_, i) => At(i, "two heads", (e, t) => e.Softmax[t.Best(2)]))];
        Measured[] sum = [.. lengths.Select((_, i) => At(i, "linear, trained scale", (e, _) => e.LinearSum))];
        Measured[] mean = [.. lengths.Select((_, i) => At(i, "linear, by length", (e, _) => e.LinearMean))];
        int[] longer = [.. Enumerable.Range(0, lengths.Length).Where(i => lengths[i] > plan.Task.Length)];
        context.Decide("length", longer.All(i => soft[i].Mean < soft[i - 1].Mean && soft[i].Mean < sum[i].Mean), "a sum over tokens grows with their number, and softmax does not", [.. longer.SelectMany(i => new[] { soft[i], sum[i] })]);
        context.Decide("length-mean", longer.All(i => soft[i].Mean < mean[i].Mean), "divided by the length, linear attention is one step of gradient descent, of a size that was fit to the length trained on", [.. longer.Select(i => mean[i])]);
    }

    private static IEnumerable<HeadCircuit> Live(HeadCircuit[] heads) => heads.Where(h => Math.Abs(h.Mu) >= LiveShare * heads.Max(o => Math.Abs(o.Mu)));
}

using System.Globalization;
using Attune.Reproductions.SoftmaxRegression;

namespace Attune.Reproductions;

/// <summary>S192: what softmax heads learn on in-context linear regression.</summary>
public sealed class S192SoftmaxRegression : IReproduction
{
    private const double Blur = 0.1, Imbalance = 0.05, NearDebiased = 1.05, OneOverTwo = 1.8, FourOverTwo = 0.05, NearBayes = 2.5, Always = 0.9;

    /// <summary>Initial weights of every kind of net. Of each the best on other sequences is compared, so that none has more chances than another.</summary>
    private const int Starts = 4;

    /// <summary>Least loss of two heads less that of one: strictly below 0.</summary>
    private const double Strictly = -1e-6;

    /// <summary>Heads whose |μ| is below this share of the net's largest are dead: their directions mean nothing.</summary>
    private const double LiveShare = 0.1;

    public ReproductionCard Card { get; } = new()
    {
        Id = "S192",
        Title = "Softmax attention on in-context linear regression",
        Paper = "Y. Chen and others, In-Context Linear Regression Demystified: Training Dynamics and Mechanistic Interpretability of Multi-Head Softmax Attention, ICML 2025, arXiv 2503.12734",
        DoneWhen = "Trained softmax heads have a diagonal KQ and an OV that reads the label alone and sums to zero; two heads reach one debiased step of gradient descent and halve the error of one head; the ratio to the Bayes error is reported, since a constant factor stays; longer contexts than trained on serve softmax better than linear attention.",
        Setting = "d = 5, L = 40, noise variance 0.1, batches of 128, Adam at 3e-3 that falls along a cosine in the second half: 300 steps at smoke, 40,000 at small with 1, 2 and 4 heads, 100,000 at full with 8 heads besides. Nets of every number of heads, and linear attention, begin from 4 initial weights a seed, since two heads may both fall to the same sign and then do no more than one; the best of the 4 by other sequences stands for its kind in each claim but one, which counts all starts of two heads (best of 4 came after trials with one start). Errors are measured against the target without its noise, on the same fresh sequences for all predictors.",
        Claims =
        [
            new("pattern", Text($"In the best of {Starts} starts KQ of a live head is a multiple of the identity on x, and OV reads the label alone."),
                Text($"in the nets with 2 heads or more, the largest over live heads of: share of KQ off the diagonal, spread of the diagonal over its mean, share of OV outside the last entry; the 95% interval over seeds of each is below {Blur}")),
            new("zero-sum", Text($"In the best of {Starts} starts the OV entries of a net's heads sum to zero, and heads pair by sign: μ and ω have the same."),
                Text($"the largest |Σμ|/Σ|μ| of the nets with 2 heads or more: the 95% interval over seeds is below {Imbalance}, and no live head of any seed has unequal signs")),
            new("debiased", Text($"Two heads, the best of {Starts} starts, reach debiased gradient descent."), Text($"error of two heads over that of the best debiased step: the 95% interval over seeds is below {NearDebiased}")),
            new("one-head", Text($"Two heads beat one by a factor of about 2, each the best of {Starts} starts."), Text($"error of one head over that of two: the 95% interval over seeds is above {OneOverTwo}")),
            new("consistent", "Two heads reach it from any initial weights.", Text($"share of all starts of two heads, of all seeds, whose error is at most {NearDebiased} of the best debiased step's: at least {Always}")),
            new("more-heads", Text($"More than two heads add nothing, each the best of {Starts} starts."), Text($"error of 4 heads over that of 2: the 95% interval over seeds is within {FourOverTwo} of 1")),
            new("bayes", Text($"The risk of two heads, the best of {Starts} starts, is within a constant factor of the Bayes risk."), Text($"error with the noise of the target, of two heads over ridge: the 95% interval over seeds is below {NearBayes} (ideal circuits: 2.1)")),
            new("length", Text($"On longer contexts than trained on, softmax goes on getting better where linear attention gets worse, each the best of {Starts} starts."),
                "95% intervals over seeds of paired differences: at each doubling from L to 8L the error of two heads falls and that of linear attention with its trained scale rises, and at 2L, 4L and 8L the former is below the latter"),
            new("length-mean", Text($"Softmax beats linear attention on longer contexts also where that divides by the length, each the best of {Starts} starts."),
                "95% interval over seeds of the paired difference: error of two heads below that of linear attention divided by the length at 2L, 4L and 8L"),
        ],
        Minutes = new(0.05, 8, 30),
        Seeds = 5,
    };

    public void Run(ReproductionContext context)
    {
        var plan = new HeadPlan(new RegressionSetting(5, 40, 0.1), context.At<int[]>([1, 2, 4], [1, 2, 4], [1, 2, 4, 8]), Starts, context.At(300, 40_000, 100_000), 128, 3e-3);
        context.Settings("plan", plan);
        context.Setting("test sequences", TestSequences(context));
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
        context.Check("least approximate loss of two heads less that of one, which is below 0", HeadChecks.LeastOfTwoOverOne(task), Strictly);
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
        return [.. lengths.Select(length => HeadErrors.Measure(trained, plan.Task with { Length = length }, plan.Task.Length, TestSequences(context), normal))];
    }

    private static int TestSequences(ReproductionContext context) => context.At(256, 16_384, 65_536);

    private static void DecideCircuits(ReproductionContext context, HeadPlan plan, HeadTraining[] trained)
    {
        int[] sizes = [.. plan.Sizes.Where(heads => heads > 1)];
        Measured Of(string name, Func<HeadCircuit[][], double> measure) =>
            new(name, [.. trained.Select(t => measure([.. sizes.Select(heads => t.Softmax.Circuits(t.Best(heads)))]))]);
        Measured Worst(string name, Func<HeadCircuit, double> measure) => Of(name, all => all.Max(heads => Live(heads).Max(measure)));
        var off = Worst("off the diagonal", h => h.OffDiagonal);
        var spread = Worst("spread of the diagonal", h => h.Inhomogeneity);
        var outside = Worst("OV outside the label", h => h.ValueOutside);
        context.Decide("pattern", off.IsBelow(Blur) && spread.IsBelow(Blur) && outside.IsBelow(Blur), "the worst live head of any net, by seed", off, spread, outside);
        var sum = Of("|Σμ|/Σ|μ|", all => all.Max(heads => Math.Abs(heads.Sum(h => h.Mu)) / heads.Sum(h => Math.Abs(h.Mu))));
        var unequal = Of("live heads of unequal signs", all => all.Sum(heads => Live(heads).Count(h => h.Mu * h.Omega <= 0)));
        context.Decide("zero-sum", sum.IsBelow(Imbalance) && unequal.PerSeed.All(n => n == 0), "the least balanced net of each seed", sum, unequal);
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
        context.Decide("debiased", debiased.IsBelow(NearDebiased), Clean, debiased, At("two heads / plain step", (e, of) => of(2) / e.GradientStep));
        var factor = At("one head / two heads", (_, of) => of(1) / of(2));
        context.Decide("one-head", factor.IsAbove(OneOverTwo), Clean, factor);
        int[] twos = [.. Enumerable.Range(0, plan.Heads.Count).Where(n => plan.Heads[n] == 2)];
        var share = At("share of initial weights", (e, _) => twos.Count(n => e.Softmax[n] <= NearDebiased * e.DebiasedStep) / (double)twos.Length);
        context.Decide("consistent", share.Mean >= Always, "the others end with both heads of one sign, where two do what one does", share, At("worst / debiased step", (e, _) => twos.Max(n => e.Softmax[n]) / e.DebiasedStep));
        var more = At("four heads / two heads", (_, of) => of(4) / of(2));
        context.Decide("more-heads", more.IsBetween(1 - FourOverTwo, 1 + FourOverTwo), Clean, more);
        var noise = plan.Task.Noise;
        var bayes = At("two heads / Bayes, with noise", (e, of) => (of(2) + noise) / (e.Ridge + noise));
        context.Decide("bayes", bayes.IsBelow(NearBayes), "a step of gradient descent cannot invert the covariance of the sample, so the factor stays however many heads there are",
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
        Measured Less(Measured a, Measured b) => Measured.Difference($"{a.Name} − {b.Name}", a, b);
        Measured[] better = [.. longer.Select(i => Less(soft[i], soft[i - 1]))], worse = [.. longer.Select(i => Less(sum[i], sum[i - 1]))];
        Measured[] apart = [.. longer.Select(i => Less(soft[i], sum[i]))], apartByLength = [.. longer.Select(i => Less(soft[i], mean[i]))];
        context.Decide("length", better.All(d => d.IsBelow(0)) && worse.All(d => d.IsAbove()) && apart.All(d => d.IsBelow(0)), "a sum over tokens grows with their number, and softmax does not", [.. better, .. worse, .. apart]);
        context.Decide("length-mean", apartByLength.All(d => d.IsBelow(0)), "divided by the length, linear attention is one step of gradient descent, of a size that was fit to the length trained on", apartByLength);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static IEnumerable<HeadCircuit> Live(HeadCircuit[] heads) => heads.Where(h => Math.Abs(h.Mu) >= LiveShare * heads.Max(o => Math.Abs(o.Mu)));
}

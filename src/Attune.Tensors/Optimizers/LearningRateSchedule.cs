namespace Attune.Tensors.Optimizers;

/// <summary>
/// Learning rates as functions step → rate, the first step being 0. Those with warm-up rise from 0 (so step 0 does not move) to the
/// base rate in step <c>warmup</c>. The formulas are those of transformers and PyTorch, beyond the last step too.
/// </summary>
public static class LearningRateSchedule
{
    /// <summary>What a run file can name: (base rate, warm-up steps, all steps) → schedule.</summary>
    public static IReadOnlyDictionary<string, Func<double, int, int, Func<int, double>>> ByName { get; } =
        new SortedDictionary<string, Func<double, int, int, Func<int, double>>>(StringComparer.Ordinal)
        {
            ["constant"] = (rate, warmup, _) => Constant(rate, warmup),
            ["linear"] = Linear,
            ["cosine"] = (rate, warmup, steps) => Cosine(rate, warmup, steps),
            ["cosine-min"] = (rate, warmup, steps) => Cosine(rate, warmup, steps, least: 0.1),
            ["cosine-restarts"] = (rate, warmup, steps) => CosineRestarts(rate, warmup, steps, cycles: 3),
            ["polynomial"] = (rate, warmup, steps) => Polynomial(rate, warmup, steps),
            ["inverse-sqrt"] = (rate, warmup, _) => InverseSqrt(rate, warmup),
            ["wsd"] = (rate, warmup, steps) => WarmupStableDecay(rate, warmup, steps - warmup - steps / 5, steps / 5),
        };

    /// <summary>The base rate after warm-up.</summary>
    public static Func<int, double> Constant(double rate, int warmup = 0) => Warmed(rate, warmup, _ => 1);

    /// <summary>Falls on a line to 0 at <paramref name="steps"/>.</summary>
    public static Func<int, double> Linear(double rate, int warmup, int steps) =>
        Warmed(rate, warmup, t => Math.Max(0, (steps - t) / Math.Max(1.0, steps - warmup)));

    /// <summary>least + (1 − least)·(1 + cos 2π·cycles·s)/2 with s the share of the way after warm-up; half a cycle falls once.</summary>
    public static Func<int, double> Cosine(double rate, int warmup, int steps, double cycles = 0.5, double least = 0) =>
        Warmed(rate, warmup, t => Math.Max(0, least + (1 - least) * Fall(2 * cycles * Share(t, warmup, steps))));

    /// <summary><paramref name="cycles"/> falls to 0, each from the base rate again; 0 afterwards.</summary>
    public static Func<int, double> CosineRestarts(double rate, int warmup, int steps, int cycles) =>
        Warmed(rate, warmup, t => Share(t, warmup, steps) is var s && s >= 1 ? 0 : Math.Max(0, Fall(cycles * s % 1)));

    /// <summary>end + (rate − end)·(1 − s)^power; end afterwards.</summary>
    public static Func<int, double> Polynomial(double rate, int warmup, int steps, double end = 1e-7, double power = 1) =>
        Warmed(rate, warmup, t => t > steps ? end / rate : ((rate - end) * Math.Pow(1 - (t - warmup) / (double)(steps - warmup), power) + end) / rate);

    /// <summary>1/√((t + shift)/scale), shift = scale − warmup; the scale is the warm-up's length, or 10,000 without one.</summary>
    public static Func<int, double> InverseSqrt(double rate, int warmup, int? timescale = null)
    {
        double scale = timescale ?? (warmup > 0 ? warmup : 10_000);
        return Warmed(rate, warmup, t => 1 / Math.Sqrt((t + scale - warmup) / scale));
    }

    /// <summary>
    /// Warm-up, <paramref name="stable"/> steps at the base rate, <paramref name="decay"/> steps down to least·rate, which stays.
    /// Both slopes run between least and 1.
    /// </summary>
    public static Func<int, double> WarmupStableDecay(double rate, int warmup, int stable, int decay, double least = 0, RateCurve rise = RateCurve.Linear, RateCurve fall = RateCurve.Cosine, double cycles = 0.5) =>
        t =>
        {
            if (t >= warmup + stable + decay)
                return rate * least;
            if (t >= warmup && t < warmup + stable)
                return rate;
            var factor = t < warmup
                ? Along(rise, 1 - t / Math.Max(1.0, warmup), 0.5)
                : Along(fall, (t - warmup - stable) / Math.Max(1.0, decay), cycles);
            return rate * Math.Max(0, least + (1 - least) * factor);
        };

    /// <summary>The rate times <paramref name="gamma"/> after every <paramref name="size"/> steps.</summary>
    public static Func<int, double> Step(double rate, int size, double gamma) => t => rate * Math.Pow(gamma, t / size);

    /// <summary>The rate times <paramref name="gamma"/> from each milestone on.</summary>
    public static Func<int, double> MultiStep(double rate, IReadOnlyList<int> milestones, double gamma) =>
        t => rate * Math.Pow(gamma, milestones.Count(m => m <= t));

    /// <summary>rate·gammaᵗ.</summary>
    public static Func<int, double> Exponential(double rate, double gamma) => t => rate * Math.Pow(gamma, t);

    /// <summary>least + (rate − least)·(1 + cos πt/T)/2; keeps swinging after T (Loshchilov and Hutter 2017, without restarts).</summary>
    public static Func<int, double> CosineAnnealing(double rate, int period, double least = 0) =>
        t => least + (rate - least) * Fall(t / (double)period);

    /// <summary>Falls from rate to least, again and again, each time <paramref name="factor"/> times as long (Loshchilov and Hutter 2017).</summary>
    public static Func<int, double> CosineWarmRestarts(double rate, int period, int factor = 1, double least = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        return t =>
        {
            var length = period;
            for (; t >= length; length *= factor)
                t -= length;
            return least + (rate - least) * Fall(t / (double)length);
        };
    }

    private static Func<int, double> Warmed(double rate, int warmup, Func<int, double> after) =>
        t => rate * (t < warmup ? t / (double)warmup : after(t));

    private static double Share(int t, int warmup, int steps) => (t - warmup) / Math.Max(1.0, steps - warmup);

    /// <summary>1 at 0, 0 at 1.</summary>
    private static double Fall(double s) => 0.5 * (1 + Math.Cos(Math.PI * s));

    private static double Along(RateCurve curve, double s, double cycles) => curve switch
    {
        RateCurve.Linear => 1 - s,
        RateCurve.Cosine => Fall(2 * cycles * s),
        _ => 1 - Math.Sqrt(s),
    };
}

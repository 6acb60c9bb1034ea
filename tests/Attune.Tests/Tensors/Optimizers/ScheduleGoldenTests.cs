using System.Text.Json;
using Attune.Tensors.Optimizers;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Tensors.Optimizers;

[Trait("Category", "Goldens")]
public class ScheduleGoldenTests
{
    private const string File = "optimizers/schedules.json";

    public static TheoryData<string> All() => Names(File, "schedules");

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Rate_GoldenOptions_FollowsTheSchedule(string name)
    {
        var golden = Case(File, "schedules", name);
        var rates = Numbers(golden.GetProperty("rates"));
        var options = golden.GetProperty("options");
        var actual = name.StartsWith("plateau", StringComparison.Ordinal)
            ? Plateau(golden.GetProperty("base").GetDouble(), options, Numbers(golden.GetProperty("metric")))
            : [.. Enumerable.Range(0, rates.Length).Select(Create(name, golden.GetProperty("base").GetDouble(), options) ?? (_ => throw new SkipException($"there is no schedule for '{name}'")))];
        Near(rates, actual, 0, 1e-10, name);
    }

    private static double[] Plateau(double rate, JsonElement o, double[] metric)
    {
        var schedule = new PlateauSchedule(rate)
        {
            Factor = Number(o, "factor"), Patience = (int)Number(o, "patience"), Cooldown = (int)Number(o, "cooldown"), LeastRate = Number(o, "min_lr"),
            Threshold = Number(o, "threshold"), Relative = Text(o, "threshold_mode") == "rel", Maximize = Text(o, "mode") == "max",
        };
        return [.. metric.Select(m =>
        {
            var used = schedule.Rate;
            schedule.Report(m);
            return used;
        })];
    }

    private static Func<int, double>? Create(string name, double rate, JsonElement o)
    {
        var (warmup, steps) = ((int)Number(o, "num_warmup_steps"), (int)Number(o, "num_training_steps"));
        return name switch
        {
            _ when name.StartsWith("constant", StringComparison.Ordinal) => LearningRateSchedule.Constant(rate, warmup),
            _ when name.StartsWith("linear", StringComparison.Ordinal) => LearningRateSchedule.Linear(rate, warmup, steps),
            _ when name.StartsWith("cosine_restarts", StringComparison.Ordinal) => LearningRateSchedule.CosineRestarts(rate, warmup, steps, (int)Number(o, "num_cycles")),
            _ when name.StartsWith("cosine_annealing", StringComparison.Ordinal) => LearningRateSchedule.CosineAnnealing(rate, (int)Number(o, "T_max"), Number(o, "eta_min")),
            _ when name.StartsWith("cosine_warm_restarts", StringComparison.Ordinal) => LearningRateSchedule.CosineWarmRestarts(rate, (int)Number(o, "T_0"), (int)Number(o, "T_mult"), Number(o, "eta_min")),
            _ when name.StartsWith("cosine", StringComparison.Ordinal) => LearningRateSchedule.Cosine(rate, warmup, steps, Number(o, "num_cycles", 0.5), Number(o, "min_lr_rate")),
            _ when name.StartsWith("polynomial", StringComparison.Ordinal) => LearningRateSchedule.Polynomial(rate, warmup, steps, Number(o, "lr_end"), Number(o, "power")),
            _ when name.StartsWith("inverse_sqrt", StringComparison.Ordinal) => LearningRateSchedule.InverseSqrt(rate, warmup, o.TryGetProperty("timescale", out var t) ? t.GetInt32() : null),
            _ when name.StartsWith("wsd", StringComparison.Ordinal) => LearningRateSchedule.WarmupStableDecay(
                rate, warmup, (int)Number(o, "num_stable_steps"), (int)Number(o, "num_decay_steps"), Number(o, "min_lr_ratio"),
                Curve(Text(o, "warmup_type") ?? "linear"), Curve(Text(o, "decay_type") ?? "cosine"), Number(o, "num_cycles", 0.5)),
            _ when name.StartsWith("one_cycle", StringComparison.Ordinal) => new OneCycle(Number(o, "max_lr"), (int)Number(o, "total_steps"))
            {
                RiseShare = Number(o, "pct_start", 0.3), DivideFirst = Number(o, "div_factor", 25), DivideLast = Number(o, "final_div_factor", 1e4),
                ThreePhases = Flag(o, "three_phase"), Curve = Text(o, "anneal_strategy") == "linear" ? RateCurve.Linear : RateCurve.Cosine,
            }.Rate,
            _ when name.StartsWith("step", StringComparison.Ordinal) => LearningRateSchedule.Step(rate, (int)Number(o, "step_size"), Number(o, "gamma")),
            _ when name.StartsWith("multi_step", StringComparison.Ordinal) => LearningRateSchedule.MultiStep(rate, Ints(o.GetProperty("milestones")), Number(o, "gamma")),
            _ when name.StartsWith("exponential", StringComparison.Ordinal) => LearningRateSchedule.Exponential(rate, Number(o, "gamma")),
            _ => null,
        };
    }

    private static RateCurve Curve(string name) => name switch
    {
        "linear" => RateCurve.Linear,
        "cosine" => RateCurve.Cosine,
        _ => RateCurve.OneMinusSqrt,
    };

    private static string? Text(JsonElement o, string name) => o.TryGetProperty(name, out var v) ? v.GetString() : null;
}

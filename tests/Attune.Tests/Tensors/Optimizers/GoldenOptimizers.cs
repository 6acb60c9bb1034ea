using System.Text.Json;
using Attune.Tensors.Optimizers;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Tensors.Optimizers;

/// <summary>From the goldens' names and options, which are PyTorch's, to optimizers.</summary>
internal static class GoldenOptimizers
{
    public static Optimizer? Create(string name, JsonElement o) => name.Split('_')[0] switch
    {
        "sgd" => new Sgd(new SgdOptions
        {
            Momentum = Number(o, "momentum"), Dampening = Number(o, "dampening"), Nesterov = Flag(o, "nesterov"),
            WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"),
        }),
        "adam" => new Adam(AdamOf(o)),
        "adamw" => new AdamW(AdamOf(o)),
        "lion" => new Lion(new LionOptions
        {
            Beta1 = o.GetProperty("betas")[0].GetDouble(), Beta2 = o.GetProperty("betas")[1].GetDouble(), WeightDecay = Number(o, "weight_decay"),
        }),
        "rmsprop" => new RmsProp(new RmsPropOptions
        {
            Alpha = Number(o, "alpha"), Epsilon = Number(o, "eps"), Momentum = Number(o, "momentum"), Centered = Flag(o, "centered"),
            WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"),
        }),
        "adagrad" => new Adagrad(new AdagradOptions
        {
            RateDecay = Number(o, "lr_decay"), InitialSum = Number(o, "initial_accumulator_value"), Epsilon = Number(o, "eps"),
            WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"),
        }),
        "adadelta" => new Adadelta(new AdadeltaOptions
        {
            Rho = Number(o, "rho"), Epsilon = Number(o, "eps"), WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"),
        }),
        "adamax" => new Adamax(new AdamaxOptions
        {
            Beta1 = o.GetProperty("betas")[0].GetDouble(), Beta2 = o.GetProperty("betas")[1].GetDouble(), Epsilon = Number(o, "eps"),
            WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"),
        }),
        "nadam" => new NAdam(new NAdamOptions
        {
            Beta1 = o.GetProperty("betas")[0].GetDouble(), Beta2 = o.GetProperty("betas")[1].GetDouble(), Epsilon = Number(o, "eps"), MomentumDecay = Number(o, "momentum_decay"),
            WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"), Decoupled = Flag(o, "decoupled_weight_decay"),
        }),
        "radam" => new RAdam(new RAdamOptions
        {
            Beta1 = o.GetProperty("betas")[0].GetDouble(), Beta2 = o.GetProperty("betas")[1].GetDouble(), Epsilon = Number(o, "eps"),
            WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"), Decoupled = Flag(o, "decoupled_weight_decay"),
        }),
        "rprop" => new Rprop(new RpropOptions
        {
            Shrink = o.GetProperty("etas")[0].GetDouble(), Grow = o.GetProperty("etas")[1].GetDouble(),
            LeastStep = o.GetProperty("step_sizes")[0].GetDouble(), MostStep = o.GetProperty("step_sizes")[1].GetDouble(), Maximize = Flag(o, "maximize"),
        }),
        "adafactor" => new Adafactor(AdafactorOf(o)),
        "muon" => new Muon(new MuonOptions
        {
            Momentum = Number(o, "momentum"), Nesterov = Flag(o, "nesterov"), WeightDecay = Number(o, "weight_decay"), Epsilon = Number(o, "eps"), Iterations = (int)Number(o, "ns_steps"),
            Coefficients = (o.GetProperty("ns_coefficients")[0].GetDouble(), o.GetProperty("ns_coefficients")[1].GetDouble(), o.GetProperty("ns_coefficients")[2].GetDouble()),
            MatchesAdamW = o.GetProperty("adjust_lr_fn").ValueKind == JsonValueKind.String,
        }),
        _ => null,
    };

    private static AdafactorOptions AdafactorOf(JsonElement o)
    {
        var common = new AdafactorOptions { SquareEpsilon = o.GetProperty("eps")[0].GetDouble(), LeastSize = o.GetProperty("eps")[1].GetDouble(), WeightDecay = Number(o, "weight_decay") };
        return o.TryGetProperty("beta2_decay", out var power)
            ? common with { DecayPower = power.GetDouble(), ClipThreshold = Number(o, "d"), Maximize = Flag(o, "maximize") }
            : common with
            {
                Form = AdafactorForm.Added, DecayPower = Number(o, "decay_rate"), ClipThreshold = Number(o, "clip_threshold"), Beta1 = Number(o, "beta1"),
                ScalesBySize = Flag(o, "scale_parameter"), RelativeRate = Flag(o, "relative_step"), WarmsUp = Flag(o, "warmup_init"),
            };
    }

    private static AdamOptions AdamOf(JsonElement o) => new()
    {
        Beta1 = o.GetProperty("betas")[0].GetDouble(), Beta2 = o.GetProperty("betas")[1].GetDouble(), Epsilon = Number(o, "eps"),
        AmsGrad = Flag(o, "amsgrad"), WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"),
    };
}

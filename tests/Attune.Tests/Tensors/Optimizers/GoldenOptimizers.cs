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
        _ => null,
    };

    private static AdamOptions AdamOf(JsonElement o) => new()
    {
        Beta1 = o.GetProperty("betas")[0].GetDouble(), Beta2 = o.GetProperty("betas")[1].GetDouble(), Epsilon = Number(o, "eps"),
        AmsGrad = Flag(o, "amsgrad"), WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"),
    };
}

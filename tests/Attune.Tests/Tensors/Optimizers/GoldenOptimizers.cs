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
        _ => null,
    };

    private static AdamOptions AdamOf(JsonElement o) => new()
    {
        Beta1 = o.GetProperty("betas")[0].GetDouble(), Beta2 = o.GetProperty("betas")[1].GetDouble(), Epsilon = Number(o, "eps"),
        AmsGrad = Flag(o, "amsgrad"), WeightDecay = Number(o, "weight_decay"), Maximize = Flag(o, "maximize"),
    };
}

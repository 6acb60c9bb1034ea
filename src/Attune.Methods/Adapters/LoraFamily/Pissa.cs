using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>
/// PiSSA (Meng et al. 2024): LoRA's factors begin as the r largest singular parts of the weight, which is left with the rest (equations 3 to 5); saved so, a reader factorises the weight again.
/// </summary>
public sealed class Pissa : LoraMethod<LoraOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "pissa",
        Summary = "Trains the largest singular parts of matrices, the rest frozen.",
        Paper = "Meng et al., PiSSA: Principal Singular Values and Singular Vectors Adaptation of Large Language Models, NeurIPS 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    protected override void Configure(JsonObject configuration, LoraOptions options) => configuration["init_lora_weights"] = "pissa";

    protected override void Begin(AdapterStart start, LoraOptions options, LinearModule module, SeededRandom random)
    {
        if (options.Rank >= Math.Min(module.Inputs, module.Outputs))
            throw new AttuneException(FormattableString.Invariant($"{Card.Name}: rank is {options.Rank}, and '{module.Name}' has {Math.Min(module.Inputs, module.Outputs)} singular values; give a smaller rank"));
        var (u, s, vt) = LoraFactorisation.Svd(module);
        var (r, scale) = (options.Rank, Scale(options));
        start.Add(AdapterStart.NameOf(module, "lora_A.weight"), [r, module.Inputs], [.. Enumerable.Range(0, r * module.Inputs).Select(i => (float)(Math.Sqrt(s[i / module.Inputs] / scale) * vt[i / module.Inputs, i % module.Inputs]))]);
        start.Add(AdapterStart.NameOf(module, "lora_B.weight"), [module.Outputs, r], [.. Enumerable.Range(0, module.Outputs * r).Select(i => (float)(u[i / r, i % r] * Math.Sqrt(s[i % r] / scale)))]);
    }
}

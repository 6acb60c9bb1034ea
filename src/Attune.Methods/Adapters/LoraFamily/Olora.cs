using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>OLoRA (Büyükakyüz 2024): LoRA's factors begin as the first r columns and rows of the weight's QR factorisation, of which the product is taken out of the weight.</summary>
public sealed class Olora : LoraMethod<LoraOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "olora",
        Summary = "Trains low-rank deltas that begin with an orthonormal basis of the matrices.",
        Paper = "Büyükakyüz, OLoRA: Orthonormal Low-Rank Adaptation of Large Language Models, 2024 (arXiv 2406.01775)",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    protected override void Configure(JsonObject configuration, LoraOptions options) => configuration["init_lora_weights"] = "olora";

    protected override void Begin(AdapterStart start, LoraOptions options, LinearModule module, SeededRandom random)
    {
        if (options.Rank >= Math.Min(module.Inputs, module.Outputs))
            throw new AttuneException(FormattableString.Invariant($"{Card.Name}: rank is {options.Rank}, and '{module.Name}' has {Math.Min(module.Inputs, module.Outputs)} directions; give a smaller rank"));
        var (q, upper) = LoraFactorisation.QR(module);
        var r = options.Rank;
        start.Add(AdapterStart.NameOf(module, "lora_A.weight"), [r, module.Inputs], [.. Enumerable.Range(0, r * module.Inputs).Select(i => (float)upper[i / module.Inputs, i % module.Inputs])]);
        start.Add(AdapterStart.NameOf(module, "lora_B.weight"), [module.Outputs, r], [.. Enumerable.Range(0, module.Outputs * r).Select(i => (float)q[i / r, i % r])]);
    }
}

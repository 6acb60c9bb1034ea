using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>KaSA (Wang et al. 2025): the weights lose their r smallest singular values, and B·diag(d)·A is trained in their place (<see cref="KasaFactors"/>). The paper's two further penalties are not added.</summary>
public sealed class Kasa : LoraMethod<LoraOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "kasa",
        Summary = "Trains low-rank deltas with singular values of their own in the place of the matrices' smallest.",
        Paper = "Wang et al., KaSA: Knowledge-Aware Singular-Value Adaptation of Large Language Models, ICLR 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    protected override void Configure(JsonObject configuration, LoraOptions options) => configuration["kasa_config"] = new JsonObject { ["beta"] = 0.0, ["gamma"] = 0.0 };

    protected override void Begin(AdapterStart start, LoraOptions options, LinearModule module, SeededRandom random)
    {
        base.Begin(start, options, module, random);
        start.Normal(AdapterStart.NameOf(module, "lora_diag"), 1, random, options.Rank);
    }
}

using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>DoRA (Liu et al. 2024): LoRA's factors turn the weight's rows, and trained magnitudes, which begin as the rows' lengths, say how long they are (<see cref="DoraFactors"/>).</summary>
public sealed class Dora : LoraMethod<LoraOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "dora",
        Summary = "Trains low-rank deltas that turn the rows of frozen matrices, and the rows' lengths.",
        Paper = "Liu et al., DoRA: Weight-Decomposed Low-Rank Adaptation, ICML 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    protected override void Configure(JsonObject configuration, LoraOptions options) => configuration["use_dora"] = true;

    protected override void Begin(AdapterStart start, LoraOptions options, LinearModule module, SeededRandom random)
    {
        base.Begin(start, options, module, random);
        var (row, lengths) = (new float[module.Inputs], new float[module.Outputs]);
        for (var i = 0; i < lengths.Length; i++)
        {
            module.Weight.ReadRow(i, row);
            lengths[i] = (float)Math.Sqrt(row.Sum(v => (double)v * v));
        }
        start.Add(AdapterStart.NameOf(module, "lora_magnitude_vector"), [lengths.Length], lengths);
    }
}

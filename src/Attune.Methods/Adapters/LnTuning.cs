using System.Text.Json.Nodes;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="LnTuning"/>.</summary>
public sealed record LnTuningOptions : AdapterOptions
{
    public LnTuningOptions() => (Targets, LearningRate) = ([], 3e-3);
}

/// <summary>Tunes the norms alone (Zhao et al. 2024): their weights, and biases where they have them, take other numbers. Targets are norms by the last part of their names; none named: all of them.</summary>
public sealed class LnTuning : AdapterMethod<LnTuningOptions>, IAdapterKind
{
    private const string Part = "ln_tuning_layers";

    public override MethodCard Card { get; } = new()
    {
        Name = "ln-tuning",
        Summary = "Trains the norms' weights and biases alone.",
        Paper = "Zhao et al., Tuning LayerNorm in Attention: Towards Efficient Multi-Modal LLM Finetuning, ICLR 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "LN_TUNING";

    public PeftAdapter Read(AdapterReader reader)
    {
        foreach (var target in reader.Targets())
        {
            if (target.Weight is null)
                throw reader.Refused($"changes '{target.Name}', which is no norm");
            foreach (var (vector, part) in new[] { (target.Weight, ".weight"), (target.Bias, ".bias") })
                if (vector is not null)
                    reader.Add(vector, new SavedModule(reader.Trained(target, Part + part, vector.Length), m => m.Of(vector)));
        }
        return new PeftAdapter(reader);
    }

    protected override IReadOnlyList<string>? Targets(LnTuningOptions options) => null;

    protected override void Begin(AdapterStart start, LnTuningOptions options)
    {
        var norms = ModuleNames.Of(start.Model.Transformer, []).Where(m => m.Weight is not null && m.Weight.Rows == 1).ToArray();
        foreach (var missing in options.Targets.Where(t => norms.All(n => n.Role != t)))
            throw new AttuneException($"{Card.Name}: {start.Model.Name} has no norm '{missing}'; it has {string.Join(", ", norms.Select(n => n.Role).Distinct())}");
        AdapterTarget[] chosen = [.. norms.Where(n => options.Targets.Count == 0 || options.Targets.Contains(n.Role))];
        if (chosen.Length == 0)
            throw new AttuneException($"{Card.Name}: {start.Model.Name} has no norm with weights; use another method");
        start.Configuration["target_modules"] = new JsonArray([.. chosen.Select(n => (JsonNode)n.Name)]);
        foreach (var norm in chosen)
        {
            start.Add(AdapterReader.NameOf(norm, Part + ".weight"), [norm.Weight!.Length], norm.Weight.Value.Span.ToArray());
            if (norm.Bias is { } bias)
                start.Add(AdapterReader.NameOf(norm, Part + ".bias"), [bias.Length], bias.Value.Span.ToArray());
        }
    }
}

using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Cli.Bench;

/// <summary>Low-rank factors beside the query and value maps.</summary>
internal sealed class LoraWork(LanguageModel model, BenchSizes sizes, ulong seed, bool everyToken) : TrainingWork(model, sizes, seed, everyToken, passes: 2)
{
    private static readonly string[] Targets = ["q_proj", "v_proj"];

    private readonly int rank = sizes.Rank;
    private readonly bool everyToken = everyToken;

    public override string Name => everyToken ? "lora-all" : "lora";

    public override string Title => $"LoRA {Step}";

    protected override (SiteSet Sites, IReadOnlyList<Parameter> Parameters) Start(SeededRandom random)
    {
        var sites = new SiteSet(Model.Transformer, "training");
        var parameters = new List<Parameter>();
        foreach (var map in Model.Transformer.Linears.Where(l => l.Layer >= 0 && Targets.Contains(l.Role)))
        {
            var factors = new LoraFactors(map, rank, scale: 2);
            foreach (ref var a in factors.A.Value.Span)
                a = (float)((2 * random.NextDouble() - 1) / Math.Sqrt(map.Inputs));
            sites.Add(map, factors);
            parameters.AddRange([factors.A, factors.B]);
        }
        return parameters.Count > 0 ? (sites, parameters) : throw new AttuneException($"{Model.Name} has no maps {string.Join(" or ", Targets)}");
    }
}

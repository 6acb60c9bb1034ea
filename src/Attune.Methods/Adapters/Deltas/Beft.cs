using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Beft"/>.</summary>
public sealed record BeftOptions : AdapterOptions
{
    public BeftOptions() => Targets = ["v_proj"];
}

/// <summary>BEFT (Huang et al. 2026): a trained vector b added to what the value projections give: y = W·x + b.</summary>
public sealed class Beft : AdapterMethod<BeftOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "beft",
        Summary = "Trains a bias for each of the value projections.",
        Paper = "Huang, Balashankar and Aminifar, BEFT: Bias-Efficient Fine-Tuning of Language Models in Low-Data Regimes, ACL 2026",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "BEFT";

    public PeftAdapter Read(AdapterReader reader)
    {
        reader.Ignore("init_weights");
        var targets = reader.LinearTargets();
        foreach (var target in targets)
            reader.Add(target.Linear!, new Added(target.Linear!, reader.Trained(target, "beft_bias", 1, target.Linear!.Outputs)));
        return new Adapter(reader, targets.FirstOrDefault(t => t.Linear!.Bias is null)?.Name);
    }

    protected override void Begin(AdapterStart start, BeftOptions options)
    {
        foreach (var w in start.Linears)
            start.Fill(AdapterStart.NameOf(w, "beft_bias"), 0, 1, w.Outputs);
    }

    private sealed class Adapter(AdapterReader reader, string? withoutBias) : PeftAdapter(reader)
    {
        public override MergedWeights Merge() => withoutBias is null ? base.Merge() : throw CannotMerge($"the model has no bias for '{withoutBias}'");
    }

    private sealed class Added(LinearModule module, Parameter bias) : IWeightSite, IMergeable
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule _, SiteSet sites) => graph.AddBias(module.Base(graph, x, sites), graph.Use(bias));

        public void Merge(MergedWeights weights)
        {
            var own = weights.Of(module.Bias!).Span;
            var added = bias.Value.Span;
            for (var i = 0; i < own.Length; i++)
                own[i] += added[i];
        }
    }
}

using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Hira"/>.</summary>
public sealed record HiraOptions : AdapterOptions
{
    [Option("rank r of the product that the weight is multiplied by")]
    public int Rank { get; init; } = 32;
}

/// <summary>HiRA (Huang et al. 2025): W ⊙ (1 + B·A), whose change has a high rank though B·A has a low one.</summary>
public sealed class Hira : AdapterMethod<HiraOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "hira",
        Summary = "Multiplies frozen matrices, element by element, by 1 and a low-rank product.",
        Paper = "Huang et al., HiRA: Parameter-Efficient Hadamard High-Rank Adaptation for Large Language Models, ICLR 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "HIRA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var rank = reader.Positive("r");
        reader.Ignore("fan_in_fan_out", "hira_dropout", "init_weights");
        foreach (var target in reader.LinearTargets())
        {
            var (w, r) = (target.Linear!, (int)reader.Pattern("rank_pattern", target, rank));
            reader.Add(w, new Change(w, reader.Trained(target, "hira_A", r, w.Inputs), reader.Trained(target, "hira_B", w.Outputs, r)));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, HiraOptions options)
    {
        RequirePositive("rank", options.Rank);
        start.Configuration["r"] = options.Rank;
        var random = start.Context.Random("hira");
        foreach (var w in start.Linears)
        {
            start.Uniform(AdapterStart.NameOf(w, "hira_A"), 1 / Math.Sqrt(w.Inputs), random, options.Rank, w.Inputs);
            start.Fill(AdapterStart.NameOf(w, "hira_B"), 0, w.Outputs, options.Rank);
        }
    }

    private sealed class Change(LinearModule module, Parameter a, Parameter b) : WeightChange(module)
    {
        public override Tensor Weight(Graph graph, Tensor weight) =>
            graph.Add(weight, graph.Multiply(weight, graph.Product(graph.Use(b), graph.Transpose(graph.Use(a)))));
    }
}

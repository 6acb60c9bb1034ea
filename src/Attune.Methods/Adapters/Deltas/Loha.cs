using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Loha"/>.</summary>
public sealed record LohaOptions : AdapterOptions
{
    [Option("rank r of each of the two products; that of the delta is up to r²")]
    public int Rank { get; init; } = 8;

    [Option("α: the delta is multiplied by α/r")]
    public double Alpha { get; init; } = 8;
}

/// <summary>LoHa (Hyeon-Woo et al. 2022, proposition 1; Yeh et al. 2024): W + (α/r)·(A₁·B₁) ⊙ (A₂·B₂), an element-wise product of two low-rank ones.</summary>
public sealed class Loha : AdapterMethod<LohaOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "loha",
        Summary = "Trains the element-wise product of two low-rank deltas beside frozen matrices.",
        Paper = "Hyeon-Woo, Ye-Bin and Oh, FedPara: Low-Rank Hadamard Product for Communication-Efficient Federated Learning, ICLR 2022; Yeh et al., Navigating Text-To-Image Customization, ICLR 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "LOHA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, alpha) = (reader.Positive("r"), reader.Number("alpha"));
        reader.Ignore("init_weights", "module_dropout", "rank_dropout", "use_effective_conv2d");
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            var r = (int)reader.Pattern("rank_pattern", target, rank);
            reader.Add(w, new Change(w, (float)(reader.Pattern("alpha_pattern", target, alpha) / r),
                reader.Trained(target, "hada_w1_a", w.Outputs, r), reader.Trained(target, "hada_w1_b", r, w.Inputs),
                reader.Trained(target, "hada_w2_a", w.Outputs, r), reader.Trained(target, "hada_w2_b", r, w.Inputs)));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, LohaOptions options)
    {
        RequirePositive("rank", options.Rank);
        (start.Configuration["r"], start.Configuration["alpha"]) = (options.Rank, options.Alpha);
        var random = start.Context.Random("loha");
        foreach (var w in start.Linears)
        {
            start.Normal(AdapterStart.NameOf(w, "hada_w1_a"), 0.1, random, w.Outputs, options.Rank);
            start.Normal(AdapterStart.NameOf(w, "hada_w1_b"), 1, random, options.Rank, w.Inputs);
            start.Fill(AdapterStart.NameOf(w, "hada_w2_a"), 0, w.Outputs, options.Rank);
            start.Normal(AdapterStart.NameOf(w, "hada_w2_b"), 1, random, options.Rank, w.Inputs);
        }
    }

    private sealed class Change(LinearModule module, float scale, Parameter a1, Parameter b1, Parameter a2, Parameter b2) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) => graph.Scale(graph.Multiply(Product(graph, a1, b1), Product(graph, a2, b2)), scale);

        private static Tensor Product(Graph graph, Parameter a, Parameter b) => graph.Product(graph.Use(a), graph.Transpose(graph.Use(b)));
    }
}

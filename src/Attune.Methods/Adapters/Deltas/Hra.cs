using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Hra"/>.</summary>
public sealed record HraOptions : AdapterOptions
{
    [Option("number r of reflections, an even one: they begin as pairs that cancel")]
    public int Rank { get; init; } = 8;

    [Option("make the reflections' vectors orthogonal to one another")]
    public bool Orthogonal { get; init; }
}

/// <summary>HRA (Yuan et al. 2024, equation 4): W·H₁·…·H_r with the Householder reflections H_i = I − 2·u_i·u_iᵀ/‖u_i‖².</summary>
public sealed class Hra : AdapterMethod<HraOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "hra",
        Summary = "Turns the inputs of frozen matrices by a trained chain of reflections.",
        Paper = "Yuan, Liu and Xu, Bridging The Gap between Low-rank and Orthogonal Adaptation via Householder Reflection Adaptation, NeurIPS 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "HRA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, orthogonal) = (reader.Positive("r"), reader.Flag("apply_GS"));
        reader.Require("bias", "\"none\"");
        reader.Ignore("init_weights");
        foreach (var target in reader.LinearTargets())
            reader.Add(target.Linear!, new Change(target.Linear!, reader.Trained(target, "hra_u", target.Linear!.Inputs, rank), orthogonal));
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, HraOptions options)
    {
        if (options.Rank < 2 || options.Rank % 2 != 0)
            throw new AttuneException(FormattableString.Invariant($"hra: rank is {options.Rank}; it must be even and at least 2"));
        (start.Configuration["r"], start.Configuration["apply_GS"], start.Configuration["bias"]) = (options.Rank, options.Orthogonal, "none");
        var random = start.Context.Random("hra");
        var half = options.Rank / 2;
        foreach (var w in start.Linears)
        {
            var u = new float[w.Inputs * options.Rank];
            for (var i = 0; i < w.Inputs; i++)
                for (var j = 0; j < half; j++)
                    u[i * options.Rank + 2 * j] = u[i * options.Rank + 2 * j + 1] = (float)((2 * random.NextDouble() - 1) / Math.Sqrt(half));
            start.Add(AdapterStart.NameOf(w, "hra_u"), [w.Inputs, options.Rank], u);
        }
    }

    private sealed class Change(LinearModule module, Parameter u, bool orthogonal) : WeightChange(module)
    {
        public override Tensor Weight(Graph graph, Tensor weight)
        {
            var vectors = graph.Transpose(graph.Use(u));
            var done = new List<Tensor>();
            for (var i = 0; i < u.Columns; i++)
            {
                var v = graph.GatherRows(vectors, [i]);
                if (orthogonal)
                    foreach (var other in done)
                        v = graph.Subtract(v, graph.Multiply(other, graph.RowDot(other, v)));
                v = graph.Divide(v, graph.Sqrt(graph.RowSum(graph.Square(v))));
                done.Add(v);
                // w − 2·(w·v)·vᵀ for every row w.
                weight = graph.Subtract(weight, graph.Scale(graph.Product(graph.Product(weight, v), graph.Transpose(v)), 2));
            }
            return weight;
        }
    }
}

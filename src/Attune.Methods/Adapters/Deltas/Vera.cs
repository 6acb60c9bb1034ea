using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Vera"/>.</summary>
public sealed record VeraOptions : AdapterOptions
{
    [Option("rank r of the shared random matrices")]
    public int Rank { get; init; } = 64;

    [Option("first value of λ_d")]
    public double Initial { get; init; } = 0.1;
}

/// <summary>
/// VeRA (Kopiczko et al. 2024, equation 2): W + diag(λ_b)·B·diag(λ_d)·A, where A and B are random, frozen, and shared by all maps, each of which reads as many of their columns and rows as
/// it has inputs and outputs. Only the two vectors are trained.
/// </summary>
public sealed class Vera : AdapterMethod<VeraOptions>, IAdapterKind
{
    private const string SharedA = "base_model.vera_A", SharedB = "base_model.vera_B";

    public override MethodCard Card { get; } = new()
    {
        Name = "vera",
        Summary = "Trains two vectors for each map between random matrices that all maps share.",
        Paper = "Kopiczko, Blankevoort and Asano, VeRA: Vector-based Random Matrix Adaptation, ICLR 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "VERA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var rank = reader.Positive("r");
        reader.Require("bias", "\"none\"");
        reader.Ignore("d_initial", "fan_in_fan_out", "init_weights", "projection_prng_key", "save_projection", "vera_dropout");
        if (!reader.Has(SharedA))
            throw reader.Refused($"lacks '{SharedA}', which it drew at random and did not save; save it with save_projection=True");
        var (a, b) = (reader.Frozen(SharedA, rank, -1), reader.Frozen(SharedB, -1, rank));
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            if (w.Inputs > a.Columns || w.Outputs > b.Rows)
                throw reader.Refused($"has shared matrices for {a.Columns} inputs and {b.Rows} outputs, but '{target.Name}' has {w.Inputs} and {w.Outputs}; it was made for another model");
            reader.Add(w, new Change(w, a, b, reader.Trained(target, "vera_lambda_d", rank), reader.Trained(target, "vera_lambda_b", w.Outputs)));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, VeraOptions options)
    {
        RequirePositive("rank", options.Rank);
        var c = start.Configuration;
        (c["r"], c["bias"], c["save_projection"], c["d_initial"]) = (options.Rank, "none", true, options.Initial);
        var random = start.Context.Random("vera");
        // Kaiming's uniform distribution, as the paper has it.
        var (inputs, outputs) = (start.Linears.Max(l => l.Inputs), start.Linears.Max(l => l.Outputs));
        start.Uniform(SharedA, Math.Sqrt(6.0 / inputs), random, options.Rank, inputs);
        start.Uniform(SharedB, Math.Sqrt(6.0 / options.Rank), random, outputs, options.Rank);
        foreach (var w in start.Linears)
        {
            start.Fill(AdapterStart.NameOf(w, "vera_lambda_d"), (float)options.Initial, options.Rank);
            start.Fill(AdapterStart.NameOf(w, "vera_lambda_b"), 0, w.Outputs);
        }
    }

    private sealed class Change(LinearModule module, Parameter a, Parameter b, Parameter d, Parameter scale) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) =>
            graph.Transpose(graph.MultiplyRow(graph.Product(graph.Transpose(Narrow(graph)), B), graph.Use(scale)));

        public override Tensor Beside(Graph graph, Tensor x) => graph.MultiplyRow(graph.Product(graph.Product(x, Narrow(graph)), B), graph.Use(scale));

        private Tensor B => b.Value.Slice(0, Module.Outputs);

        /// <summary>diag(λ_d)·A, [r, inputs].</summary>
        private Tensor Narrow(Graph graph) => graph.Multiply(graph.SliceColumns(a.Value, 0, Module.Inputs), graph.Use(d).Reshape(d.Count, 1));
    }
}

using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Pvera"/>.</summary>
public sealed record PveraOptions : AdapterOptions
{
    [Option("rank r of the shared random matrices")]
    public int Rank { get; init; } = 64;

    [Option("first value of λ_d")]
    public double Initial { get; init; } = 0.1;
}

/// <summary>
/// PVeRA (Fillioux et al. 2026): VeRA with a distribution between its matrices. λ_d·A·x [2r] holds a mean μ and a logarithm of variance v; training draws z = μ + ε·exp(v/2) with ε ~ N(0, 1),
/// and λ_b·B·z is added. Otherwise z = μ: W + diag(λ_b)·B·diag(λ_d)·A of their first halves.
/// </summary>
public sealed class Pvera : AdapterMethod<PveraOptions>, IAdapterKind
{
    private const string SharedA = "base_model.pvera_A", SharedB = "base_model.pvera_B";

    public override MethodCard Card { get; } = new()
    {
        Name = "pvera",
        Summary = "Trains two vectors for each map around a random latent that all maps' shared matrices give.",
        Paper = "Fillioux, Ferrante, Cournède, Vakalopoulou and Christodoulidis, PVeRA: Probabilistic Vector-Based Random Matrix Adaptation, WACV 2026",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "PVERA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var rank = reader.Positive("r");
        reader.Require("bias", "\"none\"");
        reader.Require("sample_at_inference", "false");
        reader.Ignore("d_initial", "fan_in_fan_out", "generator_seed", "init_weights", "projection_prng_key", "pvera_dropout", "save_projection");
        if (!reader.Has(SharedA))
            throw reader.Refused($"lacks '{SharedA}', which it drew at random and did not save; save it with save_projection=True");
        var (a, b) = (reader.Frozen(SharedA, 2 * rank, -1), reader.Frozen(SharedB, -1, rank));
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            if (w.Inputs > a.Columns || w.Outputs > b.Rows)
                throw reader.Refused($"has shared matrices for {a.Columns} inputs and {b.Rows} outputs, but '{target.Name}' has {w.Inputs} and {w.Outputs}; it was made for another model");
            reader.Add(w, new Change(w, a, b, reader.Trained(target, "pvera_lambda_d", 2 * rank), reader.Trained(target, "pvera_lambda_b", w.Outputs)));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, PveraOptions options)
    {
        RequirePositive("rank", options.Rank);
        var c = start.Configuration;
        (c["r"], c["bias"], c["save_projection"], c["d_initial"]) = (options.Rank, "none", true, options.Initial);
        var random = start.Context.Random("pvera");
        // Kaiming's uniform distribution, as VeRA has it.
        var (inputs, outputs) = (start.Linears.Max(l => l.Inputs), start.Linears.Max(l => l.Outputs));
        start.Uniform(SharedA, Math.Sqrt(6.0 / inputs), random, 2 * options.Rank, inputs);
        start.Uniform(SharedB, Math.Sqrt(6.0 / options.Rank), random, outputs, options.Rank);
        foreach (var w in start.Linears)
        {
            start.Fill(AdapterStart.NameOf(w, "pvera_lambda_d"), (float)options.Initial, 2 * options.Rank);
            start.Fill(AdapterStart.NameOf(w, "pvera_lambda_b"), 0, w.Outputs);
        }
    }

    protected override IDisposable? Training(PeftAdapter adapter, FitContext context, PveraOptions options)
    {
        Change[] changes = [.. adapter.Changes.OfType<Change>()];
        foreach (var change in changes)
            change.Noise = context.Random("noise " + change.Module.Name);
        return new Sampling(changes);
    }

    private sealed class Sampling(Change[] changes) : IDisposable
    {
        public void Dispose()
        {
            foreach (var change in changes)
                change.Noise = null;
        }
    }

    private sealed class Change(LinearModule module, Parameter a, Parameter b, Parameter d, Parameter scale) : DeltaChange(module)
    {
        /// <summary>What z is drawn with while training; null otherwise.</summary>
        public SeededRandom? Noise { get; set; }

        private Tensor B => b.Value.Slice(0, Module.Outputs);

        public override Tensor Delta(Graph graph) =>
            graph.Transpose(graph.MultiplyRow(graph.Product(graph.Transpose(Narrow(graph, 0)), B), graph.Use(scale)));

        public override Tensor Beside(Graph graph, Tensor x)
        {
            var z = graph.Product(x, Narrow(graph, 0));
            if (Noise is not null && graph.Recording)
                z = graph.Add(z, graph.Multiply(Drawn(graph, z), graph.Exp(graph.Scale(graph.Product(x, Narrow(graph, 1)), 0.5f))));
            return graph.MultiplyRow(graph.Product(z, B), graph.Use(scale));
        }

        /// <summary>diag(λ_d)·A of the mean (0) or the logarithm of variance (1), [r, inputs].</summary>
        private Tensor Narrow(Graph graph, int half)
        {
            var r = b.Columns;
            return graph.Multiply(graph.SliceColumns(a.Value.Slice(half * r, r), 0, Module.Inputs), graph.SliceColumns(graph.Use(d), half * r, r).Reshape(r, 1));
        }

        private Tensor Drawn(Graph graph, Tensor like)
        {
            var noise = graph.Arena.Matrix(like.Rows, like.Columns);
            foreach (ref var value in noise.Span)
                value = (float)Noise!.NextNormal();
            return noise;
        }
    }
}

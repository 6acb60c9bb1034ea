using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Delora"/>.</summary>
public sealed record DeloraOptions : AdapterOptions
{
    [Option("rank r")]
    public int Rank { get; init; } = 8;

    [Option("first value of λ, the delta's strength beside the weight's norm, which is trained")]
    public double Strength { get; init; } = 15;
}

/// <summary>
/// DeLoRA (Bini et al. 2025): W + B·diag(λ/(r·‖A_i‖·‖B_i‖))·A·diag(w), where w holds the norms of the weight's columns as training began: the directions and the strength λ of the delta are
/// trained apart. Norms below 1e-4 count as that.
/// </summary>
public sealed class Delora : AdapterMethod<DeloraOptions>, IAdapterKind
{
    private const float LeastNorm = 1e-4f;

    public override MethodCard Card { get; } = new()
    {
        Name = "delora",
        Summary = "Trains directions and strength of low-rank deltas apart.",
        Paper = "Bini, Girrbach and Akata, Decoupling Angles and Strength in Low-rank Adaptation, ICLR 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "DELORA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var rank = reader.Positive("r");
        reader.Require("bias", "\"none\"");
        reader.Ignore("delora_lambda", "init_weights", "lambda_pattern", "module_dropout");
        foreach (var target in reader.LinearTargets())
        {
            var (w, r) = (target.Linear!, (int)reader.Pattern("rank_pattern", target, rank));
            reader.Add(w, new Change(w, reader.Trained(target, "delora_A", r, w.Inputs), reader.Trained(target, "delora_B", w.Outputs, r),
                reader.Trained(target, "delora_lambda", 1), reader.Frozen(target, "delora_w_norm", w.Inputs)));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, DeloraOptions options)
    {
        RequirePositive("rank", options.Rank);
        var c = start.Configuration;
        (c["r"], c["delora_lambda"], c["bias"]) = (options.Rank, options.Strength, "none");
        var random = start.Context.Random("delora");
        foreach (var w in start.Linears)
        {
            start.Uniform(AdapterStart.NameOf(w, "delora_A"), 1 / Math.Sqrt(w.Inputs), random, options.Rank, w.Inputs);
            start.Fill(AdapterStart.NameOf(w, "delora_B"), 0, w.Outputs, options.Rank);
            start.Fill(AdapterStart.NameOf(w, "delora_lambda"), (float)options.Strength, 1);
            start.Add(AdapterStart.NameOf(w, "delora_w_norm"), [w.Inputs], ColumnNorms(w));
        }
    }

    private static float[] ColumnNorms(LinearModule w)
    {
        var (row, sums) = (new float[w.Inputs], new double[w.Inputs]);
        for (var o = 0; o < w.Outputs; o++)
        {
            w.Weight.ReadRow(o, row);
            for (var i = 0; i < row.Length; i++)
                sums[i] += (double)row[i] * row[i];
        }
        return [.. sums.Select(s => (float)Math.Sqrt(s))];
    }

    private sealed class Change(LinearModule module, Parameter a, Parameter b, Parameter strength, Parameter norms) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) => graph.Product(graph.Use(b), graph.Transpose(Scaled(graph)));

        public override Tensor Beside(Graph graph, Tensor x) => graph.Product(graph.Product(x, Scaled(graph)), graph.Use(b));

        /// <summary>A with every factor but B, [r, inputs].</summary>
        private Tensor Scaled(Graph graph)
        {
            var rows = graph.Use(a);
            var both = graph.Multiply(Norms(graph, rows), Norms(graph, graph.Transpose(graph.Use(b))));
            var factor = graph.Scale(graph.Multiply(graph.Reciprocal(both), graph.Use(strength)), 1f / a.Rows);
            return graph.MultiplyRow(graph.Multiply(rows, factor), norms.Value);
        }

        private static Tensor Norms(Graph graph, Tensor rows) => graph.Clamp(graph.RowNorm(rows), LeastNorm, float.MaxValue);
    }
}

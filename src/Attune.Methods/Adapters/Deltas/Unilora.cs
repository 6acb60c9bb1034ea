using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Unilora"/>.</summary>
public sealed record UniloraOptions : AdapterOptions
{
    [Option("rank r of the deltas")]
    public int Rank { get; init; } = 4;

    [Option("numbers d in the one trained vector")]
    public int Length { get; init; } = 256;
}

/// <summary>
/// Uni-LoRA (Li et al. 2025): W + B·A, where every entry of every A and B is an entry of one trained vector θ over √n, n being how many share that entry: a random isometric projection of θ.
/// </summary>
public sealed class Unilora : AdapterMethod<UniloraOptions>, IAdapterKind
{
    private const string Vector = "base_model.unilora_theta_d";

    // PEFT's bound for the first values of θ.
    private const double FirstBound = 0.02;

    public override MethodCard Card { get; } = new()
    {
        Name = "unilora",
        Summary = "Trains one short vector, of whose entries the low-rank deltas of all maps are made.",
        Paper = "Li et al., Uni-LoRA: One Vector is All You Need, NeurIPS 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "UNILORA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, length) = (reader.Positive("r"), reader.Positive("theta_d_length"));
        reader.Require("bias", "\"none\"");
        reader.Ignore("fan_in_fan_out", "init_theta_d_bound", "init_weights", "proj_seed", "save_indices", "unilora_dropout");
        var theta = reader.Trained(Vector, length);
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            reader.Add(w, new Change(w, theta, Shares(reader, target, "A", length, rank, w.Inputs), Shares(reader, target, "B", length, w.Outputs, rank)));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, UniloraOptions options)
    {
        RequirePositive("rank", options.Rank);
        RequirePositive("length", options.Length);
        var (c, r) = (start.Configuration, options.Rank);
        (c["r"], c["theta_d_length"], c["bias"], c["save_indices"], c["init_theta_d_bound"]) = (r, options.Length, "none", true, FirstBound);
        var random = start.Context.Random("unilora");
        // Every entry of θ equally often, but for one.
        var indices = new long[start.Linears.Sum(l => r * (l.Inputs + l.Outputs))];
        for (var i = 0; i < indices.Length; i++)
            indices[i] = i % options.Length;
        random.Shuffle<long>(indices);
        var counts = new int[options.Length];
        foreach (var index in indices)
            counts[index]++;
        var next = 0;
        foreach (var w in start.Linears)
            foreach (var (part, rows, columns) in new[] { ("A", r, w.Inputs), ("B", w.Outputs, r) })
            {
                var own = indices[next..(next += rows * columns)];
                start.AddIntegers(AdapterStart.NameOf(w, "unilora_indices_" + part), [rows, columns], own);
                start.Add(AdapterStart.NameOf(w, "unilora_scales_" + part), [rows, columns], [.. own.Select(i => (float)(1 / Math.Sqrt(counts[i])))]);
            }
        start.Uniform(Vector, FirstBound, random, options.Length);
    }

    private static (int[] Indices, Parameter Scales) Shares(AdapterReader reader, AdapterTarget target, string part, int length, int rows, int columns)
    {
        var name = AdapterReader.NameOf(target, "unilora_indices_" + part);
        if (!reader.Has(name))
            throw reader.Refused($"lacks '{name}', which it drew at random and did not save; save it with save_indices=True");
        var indices = reader.Take(name);
        if (indices.Shape.Count != 2 || indices.Shape[0] != rows || indices.Shape[1] != columns || indices.Integers.ToArray().Any(i => i < 0 || i >= length))
            throw reader.Refused(FormattableString.Invariant($"has the tensor '{name}' with shape {indices.ShapeText}, expected [{rows}, {columns}] of numbers below {length}; it was made for another model"));
        return ([.. indices.Integers.ToArray().Select(i => (int)i)], reader.Frozen(target, "unilora_scales_" + part, rows, columns));
    }

    private sealed class Change(LinearModule module, Parameter theta, (int[] Indices, Parameter Scales) a, (int[] Indices, Parameter Scales) b) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) => graph.Product(Factor(graph, b), graph.Transpose(Factor(graph, a)));

        public override Tensor Beside(Graph graph, Tensor x) => graph.Product(graph.Product(x, Factor(graph, a)), Factor(graph, b));

        private Tensor Factor(Graph graph, (int[] Indices, Parameter Scales) f) =>
            graph.Multiply(graph.GatherElements(graph.Use(theta), f.Indices, f.Scales.Rows, f.Scales.Columns), f.Scales.Value);
    }
}

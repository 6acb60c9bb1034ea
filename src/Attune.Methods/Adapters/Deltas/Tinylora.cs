using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Tinylora"/>.</summary>
public sealed record TinyloraOptions : AdapterOptions
{
    [Option("rank r: singular values that are kept")]
    public int Rank { get; init; } = 2;

    [Option("numbers u in each trained vector")]
    public int Length { get; init; } = 64;

    [Option("how far maps share a vector: 0 one each, 1 one for all")]
    public double Tying { get; init; }
}

/// <summary>
/// TinyLoRA (Morris et al. 2026): W + B·(Σ_i v_i·P_i)·A, where A = V_rᵀ and B = U_r·S_r are the largest parts of W's singular value decomposition, P [u, r, r] is random, and only the short
/// vector v is trained, which maps may share.
/// </summary>
public sealed class Tinylora : AdapterMethod<TinyloraOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "tinylora",
        Summary = "Trains a vector of a few numbers for each map, within its largest singular directions.",
        Paper = "Morris, Mireshghallah, Ibrahim and Mahloujifar, Learning to Reason in 13 Parameters, arXiv 2602.04118, 2026",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "TINYLORA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, length, tying) = (reader.Positive("r"), reader.Positive("u"), reader.Number("weight_tying", 0));
        reader.Require("bias", "\"none\"");
        reader.Ignore("fan_in_fan_out", "init_v_bound", "init_weights", "projection_seed", "save_projection", "tinylora_dropout");
        var targets = reader.LinearTargets();
        var vectors = new Dictionary<int, Parameter>();
        for (var i = 0; i < targets.Count; i++)
        {
            var w = targets[i].Linear!;
            var r = Math.Min(rank, Math.Min(w.Inputs, w.Outputs));
            var group = Group(i, targets.Count, tying);
            if (!vectors.TryGetValue(group, out var v))
                vectors[group] = v = reader.Trained(VectorOf(group), length);
            if (!reader.Has(AdapterReader.NameOf(targets[i], "tinylora_P")))
                throw reader.Refused($"lacks '{AdapterReader.NameOf(targets[i], "tinylora_P")}', which it drew at random and did not save; save it with save_projection=True");
            var projection = reader.Frozen(targets[i], "tinylora_P", length, r, r);
            reader.Add(w, new Change(w, reader.Frozen(targets[i], "tinylora_A", r, w.Inputs), reader.Frozen(targets[i], "tinylora_B", w.Outputs, r), projection, v));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, TinyloraOptions options)
    {
        RequirePositive("rank", options.Rank);
        RequirePositive("length", options.Length);
        if (options.Tying is not (>= 0 and <= 1))
            throw new AttuneException(FormattableString.Invariant($"tinylora: tying is {options.Tying}; it must be from 0 to 1"));
        var c = start.Configuration;
        (c["r"], c["u"], c["weight_tying"], c["bias"], c["save_projection"]) = (options.Rank, options.Length, options.Tying, "none", true);
        var random = start.Context.Random("tinylora");
        foreach (var w in start.Linears)
        {
            var r = Math.Min(options.Rank, Math.Min(w.Inputs, w.Outputs));
            var (u, s, vt) = LoraFactorisation.Svd(w);
            start.Add(AdapterStart.NameOf(w, "tinylora_A"), [r, w.Inputs], [.. Enumerable.Range(0, r * w.Inputs).Select(i => (float)vt[i / w.Inputs, i % w.Inputs])]);
            start.Add(AdapterStart.NameOf(w, "tinylora_B"), [w.Outputs, r], [.. Enumerable.Range(0, w.Outputs * r).Select(i => (float)(u[i / r, i % r] * s[i % r]))]);
            start.Normal(AdapterStart.NameOf(w, "tinylora_P"), 1 / Math.Sqrt(r), random, options.Length, r, r);
        }
        foreach (var group in Enumerable.Range(0, start.Linears.Count).Select(i => Group(i, start.Linears.Count, options.Tying)).Distinct())
            start.Fill(VectorOf(group), 0, options.Length);
    }

    private static string VectorOf(int group) => FormattableString.Invariant($"base_model.tinylora_v.{group}");

    /// <summary>The vector of a map, as PEFT groups them: equally many maps each, in the model's order.</summary>
    private static int Group(int map, int maps, double tying)
    {
        var groups = Math.Max(1, (int)Math.Round(maps * (1 - tying), MidpointRounding.ToEven));
        return Math.Min(map / Math.Max(1, maps / groups), groups - 1);
    }

    private sealed class Change(LinearModule module, Parameter a, Parameter b, Parameter projection, Parameter v) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) => graph.Product(graph.Product(b.Value, graph.Transpose(Inner(graph))), graph.Transpose(a.Value));

        public override Tensor Beside(Graph graph, Tensor x) => graph.Product(graph.Product(graph.Product(x, a.Value), Inner(graph)), b.Value);

        /// <summary>Σ v_i·P_i, [r, r].</summary>
        private Tensor Inner(Graph graph) => graph.Product(graph.Use(v), graph.Transpose(projection.Value)).Reshape(a.Rows, a.Rows);
    }
}

using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Gralora"/>.</summary>
public sealed record GraloraOptions : AdapterOptions
{
    [Option("rank r, which k must divide")]
    public int Rank { get; init; } = 32;

    [Option("scale of the deltas: they are added with alpha / (r + hybrid-rank)")]
    public int Alpha { get; init; } = 64;

    [Option("k: a matrix is seen as k·k blocks, each with a delta of rank r/k; must divide the inputs and outputs of every map")]
    public int Blocks { get; init; } = 2;

    [Option("rank of a delta of the whole matrix besides; 0: none")]
    public int HybridRank { get; init; }
}

/// <summary>
/// GraLoRA (Jung et al. 2025, equation 6): the weight is split into k·k blocks, block (j, n) gets s·B_{j,n}·A_{n,j} of rank r/k, s = alpha/(r + r_h); the hybrid form adds
/// s·B·A of rank r_h.
/// </summary>
public sealed class Gralora : AdapterMethod<GraloraOptions>, IAdapterKind
{
    private const string GeneralA = "gralora_A_general.weight", GeneralB = "gralora_B_general.weight";

    public override MethodCard Card { get; } = new()
    {
        Name = "gralora",
        Summary = "Trains a small low-rank delta for every block of frozen matrices.",
        Paper = "Jung et al., GraLoRA: Granular Low-Rank Adaptation for Parameter-Efficient Fine-Tuning, NeurIPS 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "GRALORA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, k, hybrid, alpha) = (reader.Positive("r"), reader.Positive("gralora_k"), reader.Integer("hybrid_r", 0), reader.Number("alpha"));
        reader.Ignore("fan_in_fan_out", "gralora_dropout", "init_weights");
        if (rank % k != 0 || hybrid < 0)
            throw reader.Refused(FormattableString.Invariant($"sets r to {rank}, gralora_k to {k} and hybrid_r to {hybrid}; gralora_k must divide r, and hybrid_r must be at least 0"));
        var targets = reader.LinearTargets();
        foreach (var target in targets)
        {
            var w = target.Linear!;
            if (w.Inputs % k != 0 || w.Outputs % k != 0)
                throw reader.Refused(FormattableString.Invariant($"splits '{target.Name}' into {k} parts, which its {w.Inputs} inputs and {w.Outputs} outputs do not fit; it was made for another model"));
            var (a, b) = (reader.Trained(target, "gralora_A", k, w.Inputs / k, rank), reader.Trained(target, "gralora_B", k, rank, w.Outputs / k));
            (Parameter A, Parameter B)? general = hybrid == 0 ? null : (reader.Trained(target, GeneralA, hybrid, w.Inputs), reader.Trained(target, GeneralB, w.Outputs, hybrid));
            reader.Add(w, new Change(w, a, b, general, k, rank / k, (float)(alpha / (rank + hybrid))));
        }
        SavedModules.TakeBiases(reader, "gralora_only", targets);
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, GraloraOptions options)
    {
        RequirePositive("rank", options.Rank);
        RequirePositive("blocks", options.Blocks);
        var (r, k, hybrid) = (options.Rank, options.Blocks, options.HybridRank);
        if (r % k != 0 || hybrid < 0 || start.Linears.Any(l => l.Inputs % k != 0 || l.Outputs % k != 0))
            throw new AttuneException(FormattableString.Invariant($"gralora: blocks is {k}, rank {r}, hybrid-rank {hybrid}; blocks must divide the rank and the inputs and outputs of every map, and the hybrid rank must be at least 0"));
        var c = start.Configuration;
        (c["r"], c["alpha"], c["gralora_k"], c["hybrid_r"], c["bias"]) = (r, options.Alpha, k, hybrid, "none");
        var random = start.Context.Random("gralora");
        foreach (var w in start.Linears)
        {
            start.Uniform(AdapterStart.NameOf(w, "gralora_A"), Math.Sqrt((double)k / w.Inputs), random, k, w.Inputs / k, r);
            start.Fill(AdapterStart.NameOf(w, "gralora_B"), 0, k, r, w.Outputs / k);
            if (hybrid == 0)
                continue;
            start.Uniform(AdapterStart.NameOf(w, GeneralA), 1 / Math.Sqrt(w.Inputs), random, hybrid, w.Inputs);
            start.Fill(AdapterStart.NameOf(w, GeneralB), 0, w.Outputs, hybrid);
        }
    }

    /// <param name="a">[k (n), in/k, k (j) · r/k].</param>
    /// <param name="b">[k (j), k (n) · r/k, out/k].</param>
    private sealed class Change(LinearModule module, Parameter a, Parameter b, (Parameter A, Parameter B)? general, int k, int depth, float scale) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph)
        {
            var blocks = graph.Einsum("nijs,jnso->joni", graph.Use(a), [k, Module.Inputs / k, k, depth], graph.Use(b), [k, k, depth, Module.Outputs / k]).Reshape(Module.Outputs, Module.Inputs);
            return graph.Scale(general is not var (wideA, wideB) ? blocks : graph.Add(blocks, graph.Product(graph.Use(wideB), graph.Transpose(graph.Use(wideA)))), scale);
        }

        public override Tensor Beside(Graph graph, Tensor x)
        {
            // Of a rank near the map's own sizes the whole matrix is the cheaper way; the choice does not look at the rows.
            if ((long)k * depth * (Module.Inputs + Module.Outputs) >= (long)Module.Inputs * Module.Outputs)
                return base.Beside(graph, x);
            var narrow = graph.Einsum("tni,nir->tnr", x, [x.Rows, k, Module.Inputs / k], graph.Use(a), [k, Module.Inputs / k, k * depth]);
            var y = graph.Einsum("tnjs,jnso->tjo", narrow, [x.Rows, k, k, depth], graph.Use(b), [k, k, depth, Module.Outputs / k]).Reshape(x.Rows, Module.Outputs);
            return graph.Scale(general is not var (wideA, wideB) ? y : graph.Add(y, graph.Product(graph.Product(x, graph.Use(wideA)), graph.Use(wideB))), scale);
        }
    }
}

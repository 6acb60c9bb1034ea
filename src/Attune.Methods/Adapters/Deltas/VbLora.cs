using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="VbLora"/>.</summary>
public sealed record VbLoraOptions : AdapterOptions
{
    public VbLoraOptions() => LearningRate = 5e-3;

    [Option("rank r of the deltas")]
    public int Rank { get; init; } = 4;

    [Option("vectors in the bank")]
    public int Vectors { get; init; } = 256;

    [Option("length of the bank's vectors, which must divide the inputs and outputs of every map; unset: the largest up to 256 that does")]
    public int? VectorLength { get; init; }

    [Option("vectors that make up a sub-vector")]
    public int TopK { get; init; } = 2;
}

/// <summary>
/// VB-LoRA (Li et al. 2024, equation 3): W + B·A, where A and B consist of sub-vectors, each a sum of the k vectors of a bank that its logits choose, weighed by their softmax.
/// All maps share the bank. A is [r, in] by rows, B [out, r] by columns.
/// </summary>
public sealed class VbLora : AdapterMethod<VbLoraOptions>, IAdapterKind
{
    private const string Bank = "base_model.vblora_vector_bank";

    public override MethodCard Card { get; } = new()
    {
        Name = "vblora",
        Summary = "Puts low-rank deltas together from the vectors of one small bank that all maps share.",
        Paper = "Li, Han and Ji, VB-LoRA: Extreme Parameter Efficient Fine-Tuning with Vector Banks, NeurIPS 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "VBLORA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, vectors, length, k) = (reader.Positive("r"), reader.Positive("num_vectors"), reader.Positive("vector_length"), reader.Positive("topk"));
        reader.Ignore("fan_in_fan_out", "init_logits_std", "init_vector_bank_bound", "vblora_dropout");
        if (k > vectors)
            throw reader.Refused(FormattableString.Invariant($"sets topk to {k} of {vectors} vectors; it must not be above their number"));
        var bank = reader.Trained(Bank, vectors, length);
        var targets = reader.LinearTargets();
        foreach (var target in targets)
        {
            var w = target.Linear!;
            if (w.Inputs % length != 0 || w.Outputs % length != 0)
                throw reader.Refused(FormattableString.Invariant($"has vectors of {length}, which do not divide the {w.Inputs} inputs and {w.Outputs} outputs of '{target.Name}'; it was made for another model"));
            var a = new VbLoraMixture(reader, target, "vblora_logits_A", bank, k, rank, w.Inputs / length);
            reader.Add(w, new Change(w, a, new VbLoraMixture(reader, target, "vblora_logits_B", bank, k, w.Outputs / length, rank), rank));
        }
        SavedModules.TakeBiases(reader, "vblora_only", targets);
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, VbLoraOptions options)
    {
        RequirePositive("rank", options.Rank);
        RequirePositive("top-k", options.TopK);
        if (options.Vectors < options.TopK)
            throw new AttuneException(FormattableString.Invariant($"vblora: vectors is {options.Vectors}; it must be at least top-k, {options.TopK}"));
        bool Divides(int n) => start.Linears.All(l => l.Inputs % n == 0 && l.Outputs % n == 0);
        var length = options.VectorLength ?? Enumerable.Range(1, 256).Last(Divides);
        if (length < 1 || !Divides(length))
            throw new AttuneException(FormattableString.Invariant($"vblora: vector-length is {length}; it must divide the inputs and outputs of every map"));
        var c = start.Configuration;
        (c["r"], c["num_vectors"], c["vector_length"], c["topk"]) = (options.Rank, options.Vectors, length, options.TopK);
        (c["save_only_topk_weights"], c["bias"]) = (false, "none");
        var random = start.Context.Random("vblora");
        start.Uniform(Bank, 0.02, random, options.Vectors, length);
        foreach (var w in start.Linears)
        {
            start.Normal(AdapterStart.NameOf(w, "vblora_logits_A"), 0.1, random, options.Rank, w.Inputs / length, options.Vectors);
            start.Normal(AdapterStart.NameOf(w, "vblora_logits_B"), 0.1, random, w.Outputs / length, options.Rank, options.Vectors);
        }
    }

    private sealed class Change(LinearModule module, VbLoraMixture a, VbLoraMixture b, int rank) : DeltaChange(module)
    {
        public override Tensor Delta(Graph graph) => graph.Product(B(graph), graph.Transpose(A(graph)));

        public override Tensor Beside(Graph graph, Tensor x) => graph.Product(graph.Product(x, A(graph)), B(graph));

        /// <summary>[r, in].</summary>
        private Tensor A(Graph graph) => a.Of(graph).Reshape(rank, Module.Inputs);

        /// <summary>[out, r]: sub-vector (o, j) stands in column j from row o·length on.</summary>
        private Tensor B(Graph graph)
        {
            var parts = b.Of(graph);
            var blocks = parts.Rows / rank;
            var byColumn = graph.GatherRows(parts, [.. Enumerable.Range(0, parts.Rows).Select(i => i % blocks * rank + i / blocks)]);
            return graph.Transpose(byColumn.Reshape(rank, Module.Outputs));
        }
    }
}

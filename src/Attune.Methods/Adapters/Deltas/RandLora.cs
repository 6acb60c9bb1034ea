using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="RandLora"/>.</summary>
public sealed record RandLoraOptions : AdapterOptions
{
    [Option("rank r of each random product; the smaller, the more of them and the more is trained")]
    public int Rank { get; init; } = 32;

    [Option("α: the delta is multiplied by α/r; unset: 20 times the rank")]
    public double? Alpha { get; init; }
}

/// <summary>
/// RandLoRA (Albert et al. 2025, section 4): W + α/r·Σ_b B_b·diag(λ_b)·A·diag(γ_b), a sum of as many products of rank r as make the rank full. A and B_b are random, frozen and shared by
/// all maps, each of which reads as much of them as it needs; λ [r, n] and γ [n, smaller side] are trained. A map with fewer outputs than inputs has the transpose. As PEFT does it, column k of
/// the flat B meets row k of the flat A, although one counts bases first and the other ranks first.
/// </summary>
public sealed class RandLora : AdapterMethod<RandLoraOptions>, IAdapterKind
{
    private const string PartA = "randlora_A", PartB = "randlora_B";

    public override MethodCard Card { get; } = new()
    {
        Name = "randlora",
        Summary = "Trains the weights of a sum of random products of full rank, which all maps share.",
        Paper = "Albert et al., RandLoRA: Full-rank parameter-efficient fine-tuning of large models, ICLR 2025",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "RANDLORA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, alpha) = (reader.Positive("r"), reader.Number("randlora_alpha"));
        reader.Require("bias", "\"none\"");
        reader.Ignore("fan_in_fan_out", "init_weights", "projection_prng_key", "randlora_dropout", "save_projection", "sparse", "very_sparse");
        if (!reader.Has("base_model." + PartA))
            throw reader.Refused($"lacks 'base_model.{PartA}', which it drew at random and did not save; save it with save_projection=True");
        var (a, b) = (reader.Frozen("base_model." + PartA, rank, 1, -1), reader.Frozen("base_model." + PartB, -1, -1, rank));
        foreach (var target in reader.LinearTargets())
        {
            // Modules may hold copies of the shared matrices.
            foreach (var copy in new[] { PartA, PartB }.Select(p => AdapterReader.NameOf(target, p)).Where(reader.Has))
                reader.Take(copy);
            var w = target.Linear!;
            var (least, most) = (Math.Min(w.Inputs, w.Outputs), Math.Max(w.Inputs, w.Outputs));
            var bases = Bases(least, rank);
            if (least > a.Columns || most > b.Rows || bases * rank > b.Columns)
                throw reader.Refused($"has random matrices [{rank}, {a.Columns}] and [{b.Rows}, {b.Columns}], which are too small for '{target.Name}' of {w.Inputs} inputs and {w.Outputs} outputs; it was made for another model");
            reader.Add(w, new Change(w, a, b, (reader.Trained(target, "randlora_lambda", rank, bases), reader.Trained(target, "randlora_gamma", bases, least)), (float)(alpha / rank)));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, RandLoraOptions options)
    {
        RequirePositive("rank", options.Rank);
        var (c, r) = (start.Configuration, options.Rank);
        (c["r"], c["randlora_alpha"], c["bias"], c["save_projection"]) = (r, options.Alpha ?? 20.0 * r, "none", true);
        var random = start.Context.Random("randlora");
        var (outputs, inputs) = (start.Linears.Max(l => l.Outputs), start.Linears.Max(l => l.Inputs));
        var (least, most) = (Math.Min(outputs, inputs), Math.Max(outputs, inputs));
        // Even ones of deviation 1.
        start.Uniform("base_model." + PartA, Math.Sqrt(3), random, r, 1, least);
        start.Uniform("base_model." + PartB, Math.Sqrt(3), random, most, Bases(least, r), r);
        foreach (var w in start.Linears)
        {
            var (own, bases) = (Math.Min(w.Inputs, w.Outputs), Bases(Math.Min(w.Inputs, w.Outputs), r));
            start.Fill(AdapterStart.NameOf(w, "randlora_lambda"), 0, r, bases);
            start.Fill(AdapterStart.NameOf(w, "randlora_gamma"), 1f / Math.Max(bases, own), bases, own);
        }
    }

    private static int Bases(int least, int rank) => (least + rank - 1) / rank;

    private sealed class Change(LinearModule module, Parameter a, Parameter b, (Parameter Lambda, Parameter Gamma) trained, float scale) : DeltaChange(module)
    {
        private readonly bool narrowsInputs = module.Inputs <= module.Outputs;

        public override Tensor Delta(Graph graph) => graph.Scale(
            narrowsInputs ? graph.Product(Fixed(graph), graph.Transpose(Scaled(graph))) : graph.Product(graph.Transpose(Scaled(graph)), Fixed(graph)), scale);

        public override Tensor Beside(Graph graph, Tensor x) => graph.Scale(
            narrowsInputs ? graph.Product(graph.Product(x, Scaled(graph)), Fixed(graph))
            : graph.Product(graph.Product(x, graph.Transpose(Fixed(graph))), graph.Transpose(Scaled(graph))), scale);

        /// <summary>A with λ and γ, [r·n, smaller side].</summary>
        private Tensor Scaled(Graph graph)
        {
            var (rank, bases) = (trained.Lambda.Rows, trained.Lambda.Columns);
            int[] ranks = [.. Enumerable.Range(0, rank * bases).Select(k => k / bases)], turns = [.. Enumerable.Range(0, rank * bases).Select(k => k % bases)];
            var product = graph.Multiply(graph.GatherRows(graph.SliceColumns(a.Value, 0, trained.Gamma.Columns), ranks), graph.GatherRows(graph.Use(trained.Gamma), turns));
            return graph.Multiply(product, graph.Use(trained.Lambda).Reshape(rank * bases, 1));
        }

        /// <summary>B, [larger side, n·r].</summary>
        private Tensor Fixed(Graph graph) => graph.SliceColumns(b.Value.Slice(0, Math.Max(Module.Inputs, Module.Outputs)), 0, trained.Lambda.Count);
    }
}

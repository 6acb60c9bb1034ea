using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Lokr"/>.</summary>
public sealed record LokrOptions : AdapterOptions
{
    [Option("rank r of the larger factor; where it is no less than half of the factor's size, the factor is whole")]
    public int Rank { get; init; } = 8;

    [Option("α: the delta is multiplied by α/r")]
    public double Alpha { get; init; } = 8;

    [Option("size of the smaller factor; −1: as near to a square as the sizes allow")]
    public int DecomposeFactor { get; init; } = -1;
}

/// <summary>LoKr (Edalati et al. 2022; Yeh et al. 2024, section 3): W + (α/r)·W₁ ⊗ W₂, a Kronecker product, of which either factor may be a low-rank product itself.</summary>
public sealed class Lokr : AdapterMethod<LokrOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "lokr",
        Summary = "Trains a Kronecker product of two small matrices beside frozen ones.",
        Paper = "Yeh et al., Navigating Text-To-Image Customization: From LyCORIS Fine-Tuning to Model Evaluation, ICLR 2024; Edalati et al., KronA, 2022",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "LOKR";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, alpha) = (reader.Positive("r"), reader.Number("alpha"));
        reader.Ignore("decompose_both", "decompose_factor", "init_weights", "module_dropout", "rank_dropout", "rank_dropout_scale", "use_effective_conv2d");
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            var r = (int)reader.Pattern("rank_pattern", target, rank);
            var (first, second) = (Factor.Read(reader, target, "lokr_w1", r), Factor.Read(reader, target, "lokr_w2", r));
            if ((long)first.Rows * second.Rows != w.Outputs || (long)first.Columns * second.Columns != w.Inputs)
                throw reader.Refused($"has factors [{first.Rows}, {first.Columns}] and [{second.Rows}, {second.Columns}] for '{target.Name}', whose weight is [{w.Outputs}, {w.Inputs}]; it was made for another model");
            reader.Add(w, new Change(w, first, second, (float)(reader.Pattern("alpha_pattern", target, alpha) / r)));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, LokrOptions options)
    {
        RequirePositive("rank", options.Rank);
        var c = start.Configuration;
        (c["r"], c["alpha"], c["decompose_factor"], c["decompose_both"]) = (options.Rank, options.Alpha, options.DecomposeFactor, false);
        var random = start.Context.Random("lokr");
        foreach (var w in start.Linears)
        {
            var ((smallOut, largeOut), (smallIn, largeIn)) = (Split(w.Outputs, options.DecomposeFactor), Split(w.Inputs, options.DecomposeFactor));
            start.Fill(AdapterStart.NameOf(w, "lokr_w1"), 0, smallOut, smallIn);
            if (2 * options.Rank >= Math.Max(largeOut, largeIn))
            {
                start.Uniform(AdapterStart.NameOf(w, "lokr_w2"), 1 / Math.Sqrt(largeIn), random, largeOut, largeIn);
                continue;
            }
            start.Uniform(AdapterStart.NameOf(w, "lokr_w2_a"), 1 / Math.Sqrt(options.Rank), random, largeOut, options.Rank);
            start.Uniform(AdapterStart.NameOf(w, "lokr_w2_b"), 1 / Math.Sqrt(largeIn), random, options.Rank, largeIn);
        }
    }

    /// <summary>size = small · large: small is the factor if it divides, otherwise the largest divisor that is no greater than the factor nor the root.</summary>
    internal static (int Small, int Large) Split(int size, int factor)
    {
        if (factor > 0 && size % factor == 0)
            return (factor, size / factor);
        var small = 1;
        for (var m = 2; (long)m * m <= size && (factor < 0 || m <= factor); m++)
            if (size % m == 0)
                small = m;
        return (small, size / small);
    }

    private sealed class Factor
    {
        private readonly Parameter a;
        private readonly Parameter? b;

        private Factor(Parameter a, Parameter? b) => (this.a, this.b) = (a, b);

        public int Rows => a.Rows;

        public int Columns => (b ?? a).Columns;

        public static Factor Read(AdapterReader reader, AdapterTarget target, string part, int rank) => reader.Has(AdapterReader.NameOf(target, part))
            ? new Factor(reader.Trained(target, part, -1, -1), null)
            : new Factor(reader.Trained(target, part + "_a", -1, rank), reader.Trained(target, part + "_b", rank, -1));

        public Tensor Whole(Graph graph) => b is null ? graph.Use(a) : graph.Product(graph.Use(a), graph.Transpose(graph.Use(b)));
    }

    private sealed class Change : DeltaChange
    {
        private readonly Factor first, second;
        private readonly float scale;

        /// <summary>For each entry of the weight that of either factor.</summary>
        private readonly int[] one, two;

        public Change(LinearModule module, Factor first, Factor second, float scale)
            : base(module)
        {
            (this.first, this.second, this.scale) = (first, second, scale);
            (one, two) = (new int[module.Outputs * module.Inputs], new int[module.Outputs * module.Inputs]);
            for (var i = 0; i < module.Outputs; i++)
                for (var j = 0; j < module.Inputs; j++)
                {
                    one[i * module.Inputs + j] = i / second.Rows * first.Columns + j / second.Columns;
                    two[i * module.Inputs + j] = i % second.Rows * second.Columns + j % second.Columns;
                }
        }

        public override Tensor Delta(Graph graph)
        {
            return graph.Scale(graph.Multiply(
                graph.GatherElements(first.Whole(graph), one, Module.Outputs, Module.Inputs),
                graph.GatherElements(second.Whole(graph), two, Module.Outputs, Module.Inputs)), scale);
        }
    }
}

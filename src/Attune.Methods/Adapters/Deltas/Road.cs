using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Road"/>.</summary>
public sealed record RoadOptions : AdapterOptions
{
    public RoadOptions() => LearningRate = 3e-3;

    [Option("1: an angle and a scale for each pair of outputs; 2: for each output; 4: two of each for each output")]
    public int Variant { get; init; } = 1;

    [Option("outputs in a group, whose halves are paired: an even number that divides the outputs of every map; unset: the largest up to 64 that does")]
    public int? GroupSize { get; init; }
}

/// <summary>
/// RoAd (Liao and Monz 2024, equation 2): R·(W·x + b), where R turns and scales pairs of outputs (j, j + g/2) within groups of g: [[α cos θ, −α sin θ], [α sin θ, α cos θ]],
/// with one (θ, α) for the pair, one for each row, or one for each of the four entries.
/// </summary>
public sealed class Road : AdapterMethod<RoadOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "road",
        Summary = "Turns and scales pairs of the outputs of frozen matrices by trained angles and factors.",
        Paper = "Liao and Monz, 3-in-1: 2D Rotary Adaptation for Efficient Finetuning, Efficient Batching and Composability, NeurIPS 2024",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "ROAD";

    public PeftAdapter Read(AdapterReader reader)
    {
        var group = reader.Positive("group_size");
        var variant = reader.Text("variant") switch
        {
            null or "road_1" => 1,
            "road_2" => 2,
            "road_4" => 4,
            var other => throw reader.Refused($"sets variant to '{other}', expected road_1, road_2 or road_4"),
        };
        reader.Ignore("init_weights", "variant");
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            if (group % 2 != 0 || w.Outputs % group != 0)
                throw reader.Refused(FormattableString.Invariant($"has groups of {group}, which must be even and divide the {w.Outputs} outputs of '{target.Name}'; it was made for another model"));
            var count = w.Outputs * variant / 2;
            reader.Add(w, new Rotation(w, reader.Trained(target, "road_theta", count), reader.Trained(target, "road_alpha", count), variant, group));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, RoadOptions options)
    {
        if (options.Variant is not (1 or 2 or 4))
            throw new AttuneException(FormattableString.Invariant($"road: variant is {options.Variant}; it must be 1, 2 or 4"));
        var group = options.GroupSize ?? 2 * Enumerable.Range(1, 32).LastOrDefault(h => start.Linears.All(l => l.Outputs % (2 * h) == 0), 1);
        if (group < 2 || group % 2 != 0 || start.Linears.Any(l => l.Outputs % group != 0))
            throw new AttuneException(FormattableString.Invariant($"road: the group size is {group}; it must be even and divide the outputs of every map"));
        (start.Configuration["variant"], start.Configuration["group_size"]) = (FormattableString.Invariant($"road_{options.Variant}"), group);
        foreach (var w in start.Linears)
        {
            start.Fill(AdapterStart.NameOf(w, "road_theta"), 0, w.Outputs * options.Variant / 2);
            start.Fill(AdapterStart.NameOf(w, "road_alpha"), 1, w.Outputs * options.Variant / 2);
        }
    }

    private sealed class Rotation(LinearModule module, Parameter theta, Parameter alpha, int variant, int group) : IWeightSite, IMergeable
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule _, SiteSet sites) => Turn(graph, module.Base(graph, x, sites));

        /// <summary>The bias is turned as well.</summary>
        public void Merge(MergedWeights weights)
        {
            using var graph = new Graph(recording: false);
            var w = weights.Of(module);
            graph.Transpose(Turn(graph, graph.Transpose(w))).Span.CopyTo(w.Span);
            if (module.Bias is null)
                return;
            var b = weights.Of(module.Bias);
            Turn(graph, b.Reshape(1, module.Outputs)).Span.CopyTo(b.Span);
        }

        /// <summary>y·Rᵀ: each output times α cos θ, and that with which it is paired times ∓α sin θ.</summary>
        private Tensor Turn(Graph graph, Tensor y)
        {
            var (n, half) = (module.Outputs, group / 2);
            var (same, other) = (new int[n], new int[n]);
            var runs = new ColumnRun[n / half];
            for (var j = 0; j < n; j++)
            {
                same[j] = variant switch { 1 => j / group * half + j % half, 2 => j, _ => j / group * 2 * group + j % group };
                // The sines stand there twice, negated first: the upper half of a group takes them so.
                other[j] = same[j] + (variant == 4 ? group : 0) + (j % group < half ? 0 : theta.Columns);
            }
            for (var i = 0; i < runs.Length; i++)
                runs[i] = new ColumnRun((i ^ 1) * half, half);
            var (angle, scale) = (graph.Use(theta), graph.Use(alpha));
            var sines = graph.Multiply(scale, graph.Sin(angle));
            var cosine = graph.GatherElements(graph.Multiply(scale, graph.Cos(angle)), same, 1, n);
            var sine = graph.GatherElements(graph.ConcatColumns(graph.Scale(sines, -1), sines), other, 1, n);
            return graph.Add(graph.MultiplyRow(y, cosine), graph.MultiplyRow(graph.GatherColumns(y, runs), sine));
        }
    }
}

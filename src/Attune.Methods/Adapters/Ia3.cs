using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Ia3"/>.</summary>
public sealed record Ia3Options : AdapterOptions
{
    public Ia3Options() => (Targets, LearningRate) = (["k_proj", "v_proj", "down_proj"], 3e-3);

    [Option("those of the maps whose inputs are scaled instead of their outputs: the last of a feed-forward layer")]
    public IReadOnlyList<string> FeedForward { get; init; } = ["down_proj", "wo", "fc2", "dense_4h_to_h", "c_proj"];
}

/// <summary>(IA)³ (Liu et al. 2022, section 3.3): keys and values l ⊙ (W·x), and the inner activations of the feed-forward layer W·(l ⊙ x), scaled by learned vectors that begin as ones.</summary>
public sealed class Ia3 : AdapterMethod<Ia3Options>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "ia3",
        Summary = "Scales keys, values and inner feed-forward activations by trained vectors.",
        Paper = "Liu et al., Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning, NeurIPS 2022",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "IA3";

    public PeftAdapter Read(AdapterReader reader)
    {
        reader.Ignore("init_ia3_weights", "fan_in_fan_out");
        var pattern = reader.Node("feedforward_modules") is JsonValue v && v.TryGetValue<string>(out var text) ? text : null;
        var ends = pattern is null ? reader.Texts("feedforward_modules") : [];
        foreach (var target in reader.LinearTargets())
        {
            var map = target.Linear!;
            var inner = pattern is null ? ends.Any(e => target.Name.EndsWith(e, StringComparison.Ordinal)) : NamePattern.Matches(pattern, target.Name);
            reader.Add(map, new Scaling(map, inner ? reader.Trained(target, "ia3_l", 1, map.Inputs) : reader.Trained(target, "ia3_l", map.Outputs, 1), inner));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, Ia3Options options)
    {
        var inner = options.FeedForward.Where(f => start.Linears.Any(l => l.Role == f)).ToArray();
        start.Configuration["feedforward_modules"] = new JsonArray([.. inner.Select(t => (JsonNode)t)]);
        foreach (var map in start.Linears)
            start.Fill(AdapterStart.NameOf(map, "ia3_l"), 1, inner.Contains(map.Role) ? [1, map.Inputs] : [map.Outputs, 1]);
    }

    /// <param name="inner">Scales the map's input, not its output.</param>
    private sealed class Scaling(LinearModule map, Parameter l, bool inner) : IWeightSite, IMergeable
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites) => inner
            ? map.Base(graph, graph.MultiplyRow(x, graph.Use(l)), sites)
            : graph.MultiplyRow(map.Base(graph, x, sites), graph.Use(l).Reshape(1, map.Outputs));

        public void Merge(MergedWeights weights)
        {
            var w = weights.Of(map);
            var factors = l.Value.Span;
            for (var row = 0; row < w.Rows; row++)
                for (var column = 0; column < w.Columns; column++)
                    w[row][column] *= factors[inner ? column : row];
            if (inner || map.Bias is not { } bias)
                return;
            var b = weights.Of(bias).Span;
            for (var row = 0; row < b.Length; row++)
                b[row] *= factors[row];
        }
    }
}

using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="Glora"/>.</summary>
public sealed record GloraOptions : AdapterOptions
{
    [Option("rank r of the low-rank matrices")]
    public int Rank { get; init; } = 8;
}

/// <summary>
/// GLoRA (Chavan et al. 2023, equation 10): W + W ⊙ A + B, and where the map has a bias b + b ⊙ D + E + W·C; each of A to E is of low rank, a vector, a number, or absent.
/// </summary>
public sealed class Glora : AdapterMethod<GloraOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "glora",
        Summary = "Scales and shifts the entries and biases of frozen maps by low-rank matrices.",
        Paper = "Chavan et al., One-for-All: Generalized LoRA for Parameter-Efficient Fine-tuning, arXiv 2306.07967, 2023",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "GLORA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var rank = reader.Positive("r");
        var (ab, c, de) = (Kind(reader, "config_A_B", "lora", "lora", "vector", "constant"), Kind(reader, "config_C", "lora", "lora", "vector"), Kind(reader, "config_D_E", "constant", "vector", "constant"));
        reader.Require("bias", "\"none\"");
        reader.Ignore("init_weights");
        foreach (var target in reader.LinearTargets())
        {
            var w = target.Linear!;
            GloraPath Of(string part, string kind, ReadOnlySpan<int> vector, params ReadOnlySpan<int> shape) => new(reader, target, "glora_" + part, kind, rank, vector, shape);
            reader.Add(w, new Change(w, Of("A", ab, [w.Outputs, 1], w.Outputs, w.Inputs), Of("B", ab, [w.Outputs, 1], w.Outputs, w.Inputs)));
            var (matrix, numbers) = w.Bias is null ? ("none", "none") : (c, de);
            var shift = (C: Of("C", matrix, [w.Inputs, 1], w.Inputs, 1), D: Of("D", numbers, [w.Outputs], w.Outputs), E: Of("E", numbers, [w.Outputs], w.Outputs));
            if (w.Bias is { } bias)
                reader.Add(bias, new Shift(w, bias, shift.C, shift.D, shift.E));
        }
        return new PeftAdapter(reader);
    }

    protected override void Begin(AdapterStart start, GloraOptions options)
    {
        RequirePositive("rank", options.Rank);
        var configuration = start.Configuration;
        (configuration["r"], configuration["bias"]) = (options.Rank, "none");
        (configuration["config_A_B"], configuration["config_C"], configuration["config_D_E"]) = ("lora", "lora", "constant");
        var random = start.Context.Random("glora");
        foreach (var w in start.Linears)
        {
            void Begin(string part, string kind, params int[] shape) =>
                GloraPath.Begin(start, AdapterStart.NameOf(w, "glora_" + part), kind, options.Rank, random, [], shape);
            Begin("A", "lora", w.Outputs, w.Inputs);
            Begin("B", "lora", w.Outputs, w.Inputs);
            Begin("C", w.Bias is null ? "none" : "lora", w.Inputs, 1);
            Begin("D", w.Bias is null ? "none" : "constant", w.Outputs);
            Begin("E", w.Bias is null ? "none" : "constant", w.Outputs);
        }
    }

    private static string Kind(AdapterReader reader, string key, string otherwise, params ReadOnlySpan<string> known)
    {
        var kind = reader.Text(key) ?? otherwise;
        return kind == "none" || known.Contains(kind) ? kind : throw reader.Refused($"sets {key} to '{kind}', expected {string.Join(", ", known.ToArray())} or none");
    }

    private sealed class Change(LinearModule module, GloraPath a, GloraPath b) : WeightChange(module)
    {
        public override Tensor Weight(Graph graph, Tensor weight) =>
            a.IsEmpty ? weight : graph.Add(graph.Add(weight, graph.Multiply(weight, a.Of(graph))), b.Of(graph));
    }

    private sealed class Shift(LinearModule module, VectorModule bias, GloraPath c, GloraPath d, GloraPath e) : IVectorSite, IMergeable
    {
        public Tensor Vector(Graph graph, VectorModule vector) => Of(graph, bias.Value.Reshape(1, module.Outputs));

        public void Merge(MergedWeights weights)
        {
            using var graph = new Graph(recording: false);
            var b = weights.Of(bias);
            Of(graph, b.Reshape(1, module.Outputs)).Span.CopyTo(b.Span);
        }

        private Tensor Of(Graph graph, Tensor b)
        {
            var shifted = d.IsEmpty ? b : graph.Add(graph.Add(b, graph.Multiply(b, d.Of(graph))), e.Of(graph));
            return c.IsEmpty ? shifted : graph.Add(shifted, graph.Linear(c.Of(graph).Reshape(1, module.Inputs), module.Weight));
        }
    }
}

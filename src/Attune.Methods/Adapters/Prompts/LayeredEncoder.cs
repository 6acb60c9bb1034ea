using System.Globalization;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Linear layers with a function between them, numbered 0, 2, 4 as torch numbers them beside the functions.</summary>
internal sealed class LayeredEncoder : IPromptEncoder
{
    private readonly List<(Parameter Weight, Parameter Bias)> layers = [];
    private readonly bool tanh;

    /// <param name="widths">In, between, out.</param>
    /// <param name="tanh">Between layers tanh, otherwise ReLU.</param>
    public LayeredEncoder(AdapterReader reader, string prefix, IReadOnlyList<int> widths, bool tanh)
    {
        this.tanh = tanh;
        for (var i = 0; i + 1 < widths.Count; i++)
            layers.Add((reader.TrainedState(Name(prefix, i) + "weight", widths[i + 1], widths[i]), reader.TrainedState(Name(prefix, i) + "bias", widths[i + 1])));
    }

    /// <summary>First layers as torch draws them: uniform in ±1/√in.</summary>
    public static void Begin(AdapterStart start, string prefix, IReadOnlyList<int> widths, SeededRandom random)
    {
        for (var i = 0; i + 1 < widths.Count; i++)
        {
            var bound = 1 / Math.Sqrt(widths[i]);
            start.StateUniform(Name(prefix, i) + "weight", bound, random, widths[i + 1], widths[i]);
            start.StateUniform(Name(prefix, i) + "bias", bound, random, widths[i + 1]);
        }
    }

    /// <summary>Layers up to the last, and the function behind each.</summary>
    public Tensor ApplyInner(Graph graph, Tensor x)
    {
        foreach (var (weight, bias) in layers.SkipLast(1))
        {
            x = graph.AddBias(graph.Product(x, graph.Use(weight)), graph.Use(bias));
            x = tanh ? graph.Tanh(x) : graph.Relu(x);
        }
        return x;
    }

    /// <summary>The last layer.</summary>
    public (Parameter Weight, Parameter Bias) Last => layers[^1];

    public Tensor Apply(Graph graph, Tensor x) => graph.AddBias(graph.Product(ApplyInner(graph, x), graph.Use(Last.Weight)), graph.Use(Last.Bias));

    private static string Name(string prefix, int layer) => prefix + (2 * layer).ToString(CultureInfo.InvariantCulture) + ".";
}

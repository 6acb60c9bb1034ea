using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.InductionHeads;

/// <summary>Three ReLU layers, each with one number as its bias, and a linear map to the labels: deep enough that labels of classes can be learned by heart.</summary>
public sealed class ClassifierMlp : IDisposable
{
    private const int Layers = 3;

    private readonly Parameter[] maps, biases;
    private readonly Parameter last;
    private readonly int[] same;

    /// <summary>Maps of N(0, 2/inputs), the last of N(0, 1/inputs).</summary>
    public ClassifierMlp(int inputs, int width, int labels, NormalStream normal)
    {
        maps = [.. Enumerable.Range(0, Layers).Select(i => Drawn(FormattableString.Invariant($"classifier.{i}"), width, i == 0 ? inputs : width, 2, normal))];
        biases = [.. Enumerable.Range(0, Layers).Select(i => new Parameter(FormattableString.Invariant($"classifier.{i}.bias"), 1, 1))];
        last = Drawn("classifier.last", labels, width, 1, normal);
        same = new int[width];
    }

    public IReadOnlyList<Parameter> Parameters => [.. maps, .. biases, last];

    /// <summary>[rows, inputs] → [rows, labels].</summary>
    public Tensor Logits(Graph graph, Tensor x)
    {
        for (var i = 0; i < Layers; i++)
            x = graph.Relu(graph.AddBias(graph.Product(x, graph.Use(maps[i])), graph.GatherElements(graph.Use(biases[i]), same, 1, same.Length)));
        return graph.Product(x, graph.Use(last));
    }

    public void Dispose()
    {
        foreach (var parameter in Parameters)
            parameter.Dispose();
    }

    private static Parameter Drawn(string name, int rows, int columns, double variance, NormalStream normal)
    {
        var parameter = new Parameter(name, rows, columns);
        normal.Fill(parameter.Value.Span, Math.Sqrt(variance / columns));
        return parameter;
    }
}

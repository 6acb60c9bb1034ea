using System.Globalization;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Methods.Adapters;

/// <summary>
/// A bidirectional LSTM (Hochreiter and Schmidhuber 1997) and two layers behind it, under torch's names: gates i, f, g, o stand in this order in the rows of weight_ih and weight_hh.
/// c ← σ(f)·c + σ(i)·tanh(g), h ← σ(o)·tanh(c).
/// </summary>
internal sealed class RecurrentEncoder : IPromptEncoder
{
    private readonly List<(Direction Forward, Direction Backward)> layers = [];
    private readonly LayeredEncoder head;
    private readonly int width;

    public RecurrentEncoder(AdapterReader reader, string prefix, int size, int width, int count)
    {
        this.width = width;
        for (var i = 0; i < count; i++)
        {
            var inputs = i == 0 ? size : 2 * width;
            layers.Add((Read(reader, prefix, i, "", inputs), Read(reader, prefix, i, "_reverse", inputs)));
        }
        head = new LayeredEncoder(reader, prefix + "mlp_head.", [2 * width, 2 * width, size], tanh: false);
    }

    /// <summary>First weights as torch draws them: uniform in ±1/√width.</summary>
    public static void Begin(AdapterStart start, string prefix, int size, int width, int layers, SeededRandom random)
    {
        var bound = 1 / Math.Sqrt(width);
        for (var i = 0; i < layers; i++)
            foreach (var way in new[] { "", "_reverse" })
            {
                start.StateUniform(Name(prefix, "weight_ih", i, way), bound, random, 4 * width, i == 0 ? size : 2 * width);
                start.StateUniform(Name(prefix, "weight_hh", i, way), bound, random, 4 * width, width);
                start.StateUniform(Name(prefix, "bias_ih", i, way), bound, random, 4 * width);
                start.StateUniform(Name(prefix, "bias_hh", i, way), bound, random, 4 * width);
            }
        LayeredEncoder.Begin(start, prefix + "mlp_head.", [2 * width, 2 * width, size], random);
    }

    public Tensor Apply(Graph graph, Tensor x)
    {
        foreach (var (forward, backward) in layers)
            x = graph.ConcatColumns(Run(graph, x, forward, reversed: false), Run(graph, x, backward, reversed: true));
        return head.Apply(graph, x);
    }

    private Direction Read(AdapterReader reader, string prefix, int layer, string way, int inputs) => new(
        reader.TrainedState(Name(prefix, "weight_ih", layer, way), 4 * width, inputs), reader.TrainedState(Name(prefix, "weight_hh", layer, way), 4 * width, width),
        reader.TrainedState(Name(prefix, "bias_ih", layer, way), 4 * width), reader.TrainedState(Name(prefix, "bias_hh", layer, way), 4 * width));

    private static string Name(string prefix, string part, int layer, string way) => prefix + "lstm_head." + part + "_l" + layer.ToString(CultureInfo.InvariantCulture) + way;

    /// <summary>The states [T, width] of one direction, in the order of the input.</summary>
    private Tensor Run(Graph graph, Tensor x, Direction d, bool reversed)
    {
        var fromInput = graph.AddBias(graph.Product(x, graph.Use(d.InputWeight)), graph.Use(d.InputBias));
        var states = new Tensor[x.Rows];
        Tensor h = graph.Arena.Zeros(1, width), c = graph.Arena.Zeros(1, width);
        for (var i = 0; i < x.Rows; i++)
        {
            var t = reversed ? x.Rows - 1 - i : i;
            var fromState = graph.Add(graph.Product(h, graph.Use(d.StateWeight)), graph.Use(d.StateBias));
            var gates = graph.Add(graph.GatherRows(fromInput, [t]), fromState);
            c = graph.Add(
                graph.Multiply(graph.Sigmoid(Gate(graph, gates, 1)), c),
                graph.Multiply(graph.Sigmoid(Gate(graph, gates, 0)), graph.Tanh(Gate(graph, gates, 2))));
            states[t] = h = graph.Multiply(graph.Sigmoid(Gate(graph, gates, 3)), graph.Tanh(c));
        }
        return graph.ConcatRows(states);
    }

    private Tensor Gate(Graph graph, Tensor gates, int number) => graph.GatherColumns(gates, [new ColumnRun(number * width, width)]);

    private sealed record Direction(Parameter InputWeight, Parameter StateWeight, Parameter InputBias, Parameter StateBias);
}

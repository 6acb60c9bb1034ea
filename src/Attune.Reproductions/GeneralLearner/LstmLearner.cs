using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>An LSTM of one layer with a linear read-out. Maps begin uniform in ±1/√units, as PyTorch's do; the forget gate's bias at 1, so that it remembers at first.</summary>
internal sealed class LstmLearner : IExampleLearner
{
    private readonly Parameter inputWeight, hiddenWeight, inputBias, hiddenBias, readout, bias;
    private readonly int units;

    public LstmLearner(int units, int inputs, int outputs, SeededRandom random)
    {
        this.units = units;
        (inputWeight, hiddenWeight) = (Uniform("input.weight", 4 * units, inputs, random), Uniform("hidden.weight", 4 * units, units, random));
        (inputBias, hiddenBias) = (new Parameter("input.bias", 1, 4 * units), new Parameter("hidden.bias", 1, 4 * units));
        (readout, bias) = (Uniform("output.weight", outputs, units, random), new Parameter("output.bias", 1, outputs));
        inputBias.Value.Span.Slice(units, units).Fill(1);
    }

    public IReadOnlyList<Parameter> Parameters => [inputWeight, hiddenWeight, inputBias, hiddenBias, readout, bias];

    public int StateSize => 2 * units;

    public Tensor Logits(Graph graph, TaskSequences sequences)
    {
        var (count, length) = (sequences.Count, sequences.Length);
        Tensor hidden = Zeros(graph, count), cell = Zeros(graph, count);
        Tensor wi = graph.Use(inputWeight), wh = graph.Use(hiddenWeight), bi = graph.Use(inputBias), bh = graph.Use(hiddenBias);
        var states = new Tensor[length];
        for (var t = 0; t < length; t++)
        {
            (hidden, cell) = graph.LstmCell(Column(graph, sequences, t), hidden, cell, wi, wh, bi, bh);
            states[t] = hidden;
        }
        // Position after position → sequence after sequence.
        var order = new int[count * length];
        for (var row = 0; row < order.Length; row++)
            order[row] = row % length * count + row / length;
        var inOrder = graph.GatherRows(graph.ConcatRows(states), order);
        return graph.AddBias(graph.Product(inOrder, graph.Use(readout)), graph.Use(bias));
    }

    public void Dispose()
    {
        foreach (var parameter in Parameters)
            parameter.Dispose();
    }

    /// <summary>The vectors of all sequences at one position.</summary>
    private static Tensor Column(Graph graph, TaskSequences sequences, int position)
    {
        var x = graph.Persistent.Matrix(sequences.Count, sequences.Columns);
        for (var s = 0; s < sequences.Count; s++)
            sequences.Vectors.AsSpan((s * sequences.Length + position) * sequences.Columns, sequences.Columns).CopyTo(x[s]);
        return x;
    }

    private Tensor Zeros(Graph graph, int rows)
    {
        var zeros = graph.Persistent.Matrix(rows, units);
        zeros.Clear();
        return zeros;
    }

    private Parameter Uniform(string name, int rows, int columns, SeededRandom random)
    {
        var parameter = new Parameter(name, rows, columns);
        var (stream, limit) = (random.Fork(name), 1 / Math.Sqrt(units));
        foreach (ref var value in parameter.Value.Span)
            value = (float)(limit * (2 * stream.NextDouble() - 1));
        return parameter;
    }
}

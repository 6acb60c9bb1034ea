namespace Attune.Tensors.Autograd;

/// <summary>Single steps of recurrent networks, put together from other operations.</summary>
public static class RecurrentCells
{
    /// <summary>
    /// A step of an LSTM (Hochreiter and Schmidhuber 1997): gates i, f, g, o from x·Wᵢᵀ + bᵢ + h·Wₕᵀ + bₕ; c′ = σ(f)·c + σ(i)·tanh(g), h′ = σ(o)·tanh(c′). x [M, I], h and c [M, H],
    /// inputWeight [4H, I], hiddenWeight [4H, H], biases [1, 4H].
    /// </summary>
    public static (Tensor Hidden, Tensor Cell) LstmCell(this Graph graph, Tensor x, Tensor hidden, Tensor cell, Tensor inputWeight, Tensor hiddenWeight, Tensor inputBias, Tensor hiddenBias)
    {
        var n = hidden.Columns;
        var gates = graph.Add(graph.AddBias(graph.Product(x, inputWeight), inputBias), graph.AddBias(graph.Product(hidden, hiddenWeight), hiddenBias));
        var kept = graph.Multiply(graph.Sigmoid(graph.SliceColumns(gates, n, n)), cell);
        var added = graph.Multiply(graph.Sigmoid(graph.SliceColumns(gates, 0, n)), graph.Tanh(graph.SliceColumns(gates, 2 * n, n)));
        var next = graph.Add(kept, added);
        return (graph.Multiply(graph.Sigmoid(graph.SliceColumns(gates, 3 * n, n)), graph.Tanh(next)), next);
    }

    /// <summary>
    /// A step of a GRU (Cho et al. 2014, in the form of PyTorch): gates r, z, n; n = tanh(Wₙx + bₙ + σ(r)·(Uₙh + b′ₙ)), h′ = (1 − σ(z))·n + σ(z)·h.
    /// x [M, I], h [M, H], inputWeight [3H, I], hiddenWeight [3H, H], biases [1, 3H].
    /// </summary>
    public static Tensor GruCell(this Graph graph, Tensor x, Tensor hidden, Tensor inputWeight, Tensor hiddenWeight, Tensor inputBias, Tensor hiddenBias)
    {
        var n = hidden.Columns;
        Tensor a = graph.AddBias(graph.Product(x, inputWeight), inputBias), b = graph.AddBias(graph.Product(hidden, hiddenWeight), hiddenBias);
        Tensor Gate(int i) => graph.Sigmoid(graph.Add(graph.SliceColumns(a, i * n, n), graph.SliceColumns(b, i * n, n)));
        var candidate = graph.Tanh(graph.Add(graph.SliceColumns(a, 2 * n, n), graph.Multiply(Gate(0), graph.SliceColumns(b, 2 * n, n))));
        return graph.Add(candidate, graph.Multiply(Gate(1), graph.Subtract(hidden, candidate)));
    }
}

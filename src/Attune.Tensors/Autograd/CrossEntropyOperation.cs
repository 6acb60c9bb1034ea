using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class CrossEntropyOperation
{
    /// <summary>A label that does not count.</summary>
    public const int Ignore = -100;

    /// <summary>
    /// Mean over the rows whose label counts of −ln softmax(logits)[label], with label smoothing ε spread over all classes:
    /// logits [M, V] → [1, 1]. NaN if no label counts, as torch has it.
    /// </summary>
    public static Tensor CrossEntropy(this Graph graph, Tensor logits, ReadOnlySpan<int> labels, float smoothing = 0)
    {
        var counted = 0;
        foreach (var label in labels)
            counted += label == Ignore ? 0 : 1;
        var weights = graph.Arena.Floats(labels.Length);
        for (var i = 0; i < labels.Length; i++)
            weights[i] = labels[i] == Ignore ? 0 : 1f / counted;
        return Weighted(graph, logits, labels, weights, smoothing, counted == 0);
    }

    /// <summary>Σ_r weights[r]·(−ln softmax(logits_r)[label_r]): for sums and for rows that count differently.</summary>
    public static Tensor CrossEntropy(this Graph graph, Tensor logits, ReadOnlySpan<int> labels, ReadOnlySpan<float> rowWeights)
    {
        var weights = graph.Arena.Floats(labels.Length);
        for (var i = 0; i < labels.Length; i++)
            weights[i] = labels[i] == Ignore ? 0 : rowWeights[i];
        return Weighted(graph, logits, labels, weights, 0, false);
    }

    private static Tensor Weighted(Graph graph, Tensor logits, ReadOnlySpan<int> labels, float* weights, float smoothing, bool undefined)
    {
        if (labels.Length != logits.Rows)
            throw new ArgumentException($"CrossEntropy: {labels.Length} labels for logits {logits}");
        var sums = (double*)graph.Arena.Take(labels.Length * sizeof(double));
        LogSumExp.Rows(logits, new Span<double>(sums, labels.Length));
        var loss = 0.0;
        for (var r = 0; r < labels.Length; r++)
            if (weights[r] != 0)
                loss += weights[r] * RowLoss(logits, r, labels[r], sums[r], smoothing);
        var y = graph.Arena.Matrix(1, 1);
        y.Data[0] = undefined ? float.NaN : (float)loss;
        if (!graph.Wants(logits))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Smoothing) = (logits, y, smoothing);
        node.Weights = weights;
        node.Sums = sums;
        node.Labels = graph.Arena.Ints(labels.Length);
        labels.CopyTo(new Span<int>(node.Labels, labels.Length));
        return y;
    }

    private static double RowLoss(Tensor logits, int row, int label, double logSumExp, float smoothing)
    {
        if ((uint)label >= (uint)logits.Columns)
            throw new ArgumentException($"CrossEntropy: label {label} of row {row} is outside {logits.Columns} classes");
        var loss = logSumExp - logits[row][label];
        if (smoothing == 0)
            return loss;
        var mean = 0.0;
        foreach (var v in logits[row])
            mean += logSumExp - v;
        return (1 - smoothing) * loss + smoothing * mean / logits.Columns;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public float* Weights;
        public double* Sums;
        public int* Labels;
        public float Smoothing;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var upstream = graph.Gradient(Y).Data[0];
            var scaled = graph.Arena.Floats(X.Rows);
            for (var i = 0; i < X.Rows; i++)
                scaled[i] = Weights[i] * upstream;
            Kernels.CrossEntropy.Backward(X, Sums, Labels, scaled, Smoothing, graph.Gradient(X));
        }
    }
}

using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class CrossEntropyOperation
{
    /// <summary>A label that does not count.</summary>
    public const int Ignore = -100;

    /// <summary>
    /// −ln softmax(logits)[label] of each row, reduced by the options: logits [M, V] → [1, 1], or [M, 1] without reduction, where
    /// rows that do not count are 0. With class weights w, the row is multiplied by w[label], and the part that smoothing
    /// spreads by w of each class. The mean is NaN if no label counts, as torch has it.
    /// </summary>
    public static Tensor CrossEntropy(this Graph graph, Tensor logits, ReadOnlySpan<int> labels, CrossEntropyOptions options, ReadOnlySpan<float> classWeights = default) =>
        Counted(graph, logits, labels, options.IgnoreIndex, options.Reduction, options.LabelSmoothing, classWeights);

    /// <summary>The mean over the rows whose label is not <see cref="Ignore"/>: logits [M, V] → [1, 1].</summary>
    public static Tensor CrossEntropy(this Graph graph, Tensor logits, ReadOnlySpan<int> labels, float smoothing = 0) =>
        Counted(graph, logits, labels, Ignore, Reduction.Mean, smoothing, default);

    /// <summary>Σ_r rowWeights[r]·(−ln softmax(logits_r)[label_r]): for sums and for rows that count differently.</summary>
    public static Tensor CrossEntropy(this Graph graph, Tensor logits, ReadOnlySpan<int> labels, ReadOnlySpan<float> rowWeights)
    {
        if (rowWeights.Length != labels.Length)
            throw new ArgumentException($"CrossEntropy: {rowWeights.Length} row weights for {labels.Length} labels");
        var rows = Rows(graph, logits, labels, Ignore);
        for (var r = 0; r < labels.Length; r++)
        {
            rows[r].Scale = rowWeights[r];
            if (rowWeights[r] == 0)
                rows[r].Label = -1;
        }
        return Run(graph, logits, rows, null, 0, byRow: false, undefined: false);
    }

    private static Tensor Counted(Graph graph, Tensor logits, ReadOnlySpan<int> labels, int ignore, Reduction reduction, float smoothing, ReadOnlySpan<float> classWeights)
    {
        var rows = Rows(graph, logits, labels, ignore);
        var weights = Weights(graph, logits, classWeights);
        var counted = 0.0;
        for (var r = 0; r < labels.Length; r++)
            if (rows[r].Label >= 0)
                counted += weights is null ? 1 : weights[rows[r].Label];
        for (var r = 0; r < labels.Length; r++)
            rows[r].Scale = reduction == Reduction.Mean ? (float)(1 / counted) : 1;
        return Run(graph, logits, rows, weights, smoothing, reduction == Reduction.None, undefined: reduction == Reduction.Mean && counted == 0);
    }

    private static CrossEntropyRow* Rows(Graph graph, Tensor logits, ReadOnlySpan<int> labels, int ignore)
    {
        if (labels.Length != logits.Rows)
            throw new ArgumentException($"CrossEntropy: {labels.Length} labels for logits {logits}");
        var rows = (CrossEntropyRow*)graph.Arena.Take((long)labels.Length * sizeof(CrossEntropyRow));
        for (var r = 0; r < labels.Length; r++)
        {
            var label = labels[r];
            if (label != ignore && (uint)label >= (uint)logits.Columns)
                throw new ArgumentException($"CrossEntropy: label {label} of row {r} is outside {logits.Columns} classes");
            rows[r] = new CrossEntropyRow { Label = label == ignore ? -1 : label };
        }
        return rows;
    }

    private static float* Weights(Graph graph, Tensor logits, ReadOnlySpan<float> classWeights)
    {
        if (classWeights.IsEmpty)
            return null;
        if (classWeights.Length != logits.Columns)
            throw new ArgumentException($"CrossEntropy: {classWeights.Length} class weights for {logits.Columns} classes");
        var weights = graph.Arena.Floats(classWeights.Length);
        classWeights.CopyTo(new Span<float>(weights, classWeights.Length));
        return weights;
    }

    private static Tensor Run(Graph graph, Tensor logits, CrossEntropyRow* rows, float* weights, float smoothing, bool byRow, bool undefined)
    {
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.CrossEntropy, logits, 1));
        Kernels.CrossEntropy.Forward(logits, rows, weights, smoothing);
        var y = graph.Arena.Matrix(byRow ? logits.Rows : 1, 1);
        var loss = 0.0;
        for (var r = 0; r < logits.Rows; r++)
        {
            var counts = rows[r].Label >= 0;
            if (byRow)
                y.Data[r] = counts ? (float)rows[r].Loss : 0;
            else if (counts)
                loss += rows[r].Loss * rows[r].Scale;
        }
        if (!byRow)
            y.Data[0] = undefined ? float.NaN : (float)loss;
        if (!graph.Wants(logits))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(logits);
        graph.Keep(rows);
        graph.Keep(weights);
        (node.X, node.Y, node.Smoothing, node.ByRow) = (logits, y, smoothing, byRow);
        node.Rows = rows;
        node.Weights = weights;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public CrossEntropyRow* Rows;
        public float* Weights;
        public float Smoothing;
        public bool ByRow;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Elements(OperationKind.CrossEntropyBackward, X, 3);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                Kernels.CrossEntropy.Backward(X, Rows, Weights, Smoothing, graph.Upstream(Y).Data, ByRow, graph.Gradient(X));
        }
    }
}

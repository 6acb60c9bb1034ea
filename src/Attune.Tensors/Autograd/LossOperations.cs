using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>
/// Losses other than the cross-entropy and the squared error, put together from other operations. <see cref="Reduction.None"/> leaves the elements, or one number for each
/// row where the text says so.
/// </summary>
public static class LossOperations
{
    /// <summary>p·(ln p − ln q) with p = softmax(targets), q = softmax(logits), element by element: the parts of KL(p ‖ q) (Kullback and Leibler 1951).</summary>
    public static Tensor DivergenceTerms(this Graph graph, Tensor logits, Tensor targets)
    {
        Shapes.Same("DivergenceTerms", logits, targets);
        return graph.Multiply(graph.Softmax(targets), graph.Subtract(graph.LogSoftmax(targets), graph.LogSoftmax(logits)));
    }

    /// <summary>KL(softmax(targets) ‖ softmax(logits)): the mean over rows, their sum, or one number for each row.</summary>
    public static Tensor Divergence(this Graph graph, Tensor logits, Tensor targets, Reduction reduction = Reduction.Mean) =>
        Reduced(graph, graph.RowSum(graph.DivergenceTerms(logits, targets)), reduction);

    /// <summary>
    /// −w·t·ln σ(x) − (1 − t)·ln(1 − σ(x)), element by element, without overflow; targets t in [0, 1] and weights w of positives [1, N] (or empty: 1) get no gradient.
    /// </summary>
    public static Tensor BinaryCrossEntropy(this Graph graph, Tensor logits, Tensor targets, Tensor positiveWeights = default, Reduction reduction = Reduction.Mean)
    {
        Shapes.Same("BinaryCrossEntropy", logits, targets);
        targets = targets.WithNode(0);
        var negative = graph.AddScalar(graph.Scale(targets, -1), 1);
        var surprise = graph.Softplus(graph.Scale(logits, -1), 1, float.PositiveInfinity);
        if (!positiveWeights.IsEmpty)
        {
            var weights = graph.AddScalar(graph.MultiplyRow(targets, graph.AddScalar(positiveWeights.WithNode(0), -1)), 1);
            surprise = graph.Multiply(surprise, weights);
        }
        return Reduced(graph, graph.Add(graph.Multiply(negative, logits), surprise), reduction);
    }

    /// <summary>|a − target|.</summary>
    public static Tensor MeanAbsoluteError(this Graph graph, Tensor a, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduced(graph, graph.Abs(Difference("MeanAbsoluteError", graph, a, target)), reduction);

    /// <summary>½d² where |d| is below δ, δ·(|d| − ½δ) above, d = a − target (Huber 1964).</summary>
    public static Tensor Huber(this Graph graph, Tensor a, Tensor target, float delta = 1, Reduction reduction = Reduction.Mean) =>
        Reduced(graph, FunctionOperation.Run<ScalarFunction<ScalarFunctions.Huber>>(graph, Difference("Huber", graph, a, target), delta, 1), reduction);

    /// <summary>½d²/β where |d| is below β, |d| − ½β above, d = a − target (Girshick 2015).</summary>
    public static Tensor SmoothL1(this Graph graph, Tensor a, Tensor target, float beta = 1, Reduction reduction = Reduction.Mean) =>
        Reduced(graph, FunctionOperation.Run<ScalarFunction<ScalarFunctions.Huber>>(graph, Difference("SmoothL1", graph, a, target), beta, beta), reduction);

    /// <summary>max(‖a − p + ε‖ − ‖a − n + ε‖ + margin, 0) of each row (Balntas et al. 2016, in the form of PyTorch).</summary>
    public static Tensor Triplet(this Graph graph, Tensor anchor, Tensor positive, Tensor negative, float margin = 1, float epsilon = 1e-6f, Reduction reduction = Reduction.Mean)
    {
        var near = graph.RowNorm(graph.AddScalar(Difference("Triplet", graph, anchor, positive), epsilon));
        var far = graph.RowNorm(graph.AddScalar(Difference("Triplet", graph, anchor, negative), epsilon));
        return Reduced(graph, graph.Relu(graph.AddScalar(graph.Subtract(near, far), margin)), reduction);
    }

    /// <summary>max(1 − target·x, 0), targets −1 or 1.</summary>
    public static Tensor Hinge(this Graph graph, Tensor x, Tensor target, Reduction reduction = Reduction.Mean)
    {
        Shapes.Same("Hinge", x, target);
        return Reduced(graph, graph.Relu(graph.AddScalar(graph.Scale(graph.Multiply(x, target), -1), 1)), reduction);
    }

    /// <summary>
    /// −ln σ(β·((c − c₀) − (r − r₀))) of the log-probabilities of chosen and rejected answers under the model and under the reference (Rafailov et al. 2023, equation 7).
    /// </summary>
    public static Tensor DirectPreference(this Graph graph, Tensor chosen, Tensor rejected, Tensor referenceChosen, Tensor referenceRejected, float beta = 0.1f, Reduction reduction = Reduction.Mean)
    {
        var gain = Difference("DirectPreference", graph, chosen, referenceChosen);
        var loss = Difference("DirectPreference", graph, rejected, referenceRejected);
        return Reduced(graph, graph.Scale(graph.LogSigmoid(graph.Scale(graph.Subtract(gain, loss), beta)), -1), reduction);
    }

    /// <summary>
    /// The cross-entropy of row i's cosine similarities over the temperature, row i of <paramref name="b"/> being the right one (van den Oord et al. 2018): [M, C], [M, C] → [1, 1].
    /// </summary>
    public static Tensor InfoNce(this Graph graph, Tensor a, Tensor b, float temperature)
    {
        Shapes.Same("InfoNce", a, b);
        var similarities = graph.Product(graph.L2Normalise(a), graph.L2Normalise(b));
        return graph.CrossEntropy(graph.Scale(similarities, 1 / temperature), [.. Enumerable.Range(0, a.Rows)]);
    }

    private static Tensor Difference(string operation, Graph graph, Tensor a, Tensor b)
    {
        Shapes.Same(operation, a, b);
        return graph.Subtract(a, b);
    }

    private static Tensor Reduced(Graph graph, Tensor x, Reduction reduction) => reduction switch
    {
        Reduction.Mean => graph.Mean(x),
        Reduction.Sum => graph.Sum(x),
        _ => x,
    };
}

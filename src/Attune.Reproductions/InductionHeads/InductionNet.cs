using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Reproductions.InductionHeads;

/// <summary>
/// Two causal attention layers of one head, x ← x + V·Σ_j p_j x_j with p = softmax(q·k) and no scale, no norm, no output matrix; then the classifier reads the last token.
/// Of layer 2 only the last token is asked for. Scores are computed as x_j·(KᵀQ x_i), sums before V: the same functions of the same weights as with keys and values, at half
/// the cost, since tokens need no gradient.
/// </summary>
public sealed class InductionNet : IInductionNet
{
    private readonly Parameter[] query, key, value;
    private readonly ClassifierMlp classifier;
    private readonly AttentionShape shape;
    private AttentionRange[] ranges = [];
    private int[] lastRows = [];

    /// <summary>Q, K and V of N(0, 1/D).</summary>
    public InductionNet(BurstSetting setting, int classifierWidth, SeededRandom random)
    {
        var normal = new NormalStream(random);
        Parameter[] Maps(string name) => [.. Enumerable.Range(0, 2).Select(layer =>
        {
            var map = new Parameter(FormattableString.Invariant($"{layer}.{name}"), setting.Width, setting.Width);
            normal.Fill(map.Value.Span, 1 / Math.Sqrt(setting.Dimension));
            return map;
        })];
        // The stored keys are Kᵀ.
        (query, key, value) = (Maps("query"), Maps("key"), Maps("value"));
        classifier = new ClassifierMlp(setting.Width, classifierWidth, setting.Labels, normal);
        shape = new AttentionShape(1, 1, setting.Width, 1, Causal: true);
    }

    public IReadOnlyList<Parameter> Parameters => [.. query, .. key, .. value, .. classifier.Parameters];

    public Tensor Logits(Graph graph, BurstBatch batch, HeadMeasures? measures = null)
    {
        Prepare(batch);
        var x = batch.Tokens; // [Count·T, W]
        var compared = graph.Product(x, graph.BatchedProduct(graph.Use(key[0]), graph.Use(query[0]), 1));
        var y = graph.Add(x, graph.Product(graph.Attention(compared, x, x, shape, ranges), graph.Use(value[0])));
        var last = graph.GatherRows(y, lastRows); // [Count, W]
        var asked = graph.Product(graph.Product(last, graph.Use(query[1])), graph.Use(key[1]));
        var weights = graph.Softmax(graph.BatchedProduct(asked, y, batch.Count, transposed: true)); // [Count, T]
        var read = graph.Product(graph.BatchedProduct(weights, y, batch.Count), graph.Use(value[1]));
        if (measures is not null)
            Measure(batch, compared, weights, measures);
        return classifier.Logits(graph, graph.Add(last, read));
    }

    public void Dispose()
    {
        foreach (var parameter in Parameters)
            parameter.Dispose();
    }

    private void Prepare(BurstBatch batch)
    {
        if (ranges.Length == batch.Count)
            return;
        var length = batch.Setting.Length;
        ranges = [.. Enumerable.Range(0, batch.Count).Select(s => new AttentionRange(s * length, length))];
        lastRows = [.. Enumerable.Range(1, batch.Count).Select(s => s * length - 1)];
    }

    private void Measure(BurstBatch batch, Tensor compared, Tensor weights, HeadMeasures measures)
    {
        var items = batch.Setting.Items;
        for (var s = 0; s < batch.Count; s++)
        {
            var p = AttentionProbabilities.Of(shape, default, compared, batch.Tokens, ranges[s]);
            var previous = 0.0;
            for (var i = 0; i < items; i++)
                previous += p[(2 * i + 1) * batch.Setting.Length + 2 * i] / items;
            measures.Add(previous, weights[s], batch.IsCorrect.AsSpan(s * items, items));
        }
    }
}

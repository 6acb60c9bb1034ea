using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.InductionHeads;

/// <summary>
/// An induction head of two numbers, β and α, in place of both attention layers; the classifier is trained with them. Layer 1: token i attends to the one before it with weight
/// s_i = e^β/(e^β + i − 1), the rest is shared by the other tokens it sees, and the contents go into b_i. Layer 2: the target attends to token j with the logit α·b_j·x_target. The
/// classifier reads (Σ_j w_j x_j, x_target). The paper's two-parameter model as far as its text describes it.
/// </summary>
public sealed class ScalarHeadNet : IInductionNet
{
    private readonly Parameter beta = new("beta", 1, 1), alpha = new("alpha", 1, 1);
    private readonly ClassifierMlp classifier;
    private readonly float[] others;
    private readonly int[] same;

    /// <summary>β = α = 0 at first.</summary>
    public ScalarHeadNet(BurstSetting setting, int classifierWidth, SeededRandom random)
    {
        classifier = new ClassifierMlp(2 * setting.Dimension, classifierWidth, setting.Labels, new NormalStream(random));
        same = new int[setting.Length];
        // s_i = σ(β − ln(i − 1)), i from 1; the first token sees itself alone, whatever β is.
        others = [.. Enumerable.Range(1, setting.Length).Select(i => i == 1 ? 0 : (float)-Math.Log(i - 1))];
    }

    public IReadOnlyList<Parameter> Parameters => [beta, alpha, .. classifier.Parameters];

    /// <summary>Sets β and α by hand.</summary>
    public void Plug(double newBeta, double newAlpha) => (beta.Value.Span[0], alpha.Value.Span[0]) = ((float)newBeta, (float)newAlpha);

    public Tensor Logits(Graph graph, BurstBatch batch, HeadMeasures? measures = null) =>
        classifier.Logits(graph, graph.ConcatColumns(Read(graph, batch, measures), batch.Targets));

    /// <summary>Σ_j w_j x_j: [Count, D].</summary>
    public Tensor Read(Graph graph, BurstBatch batch, HeadMeasures? measures = null)
    {
        var length = batch.Setting.Length;
        var (rest, more) = Similarities(graph, batch); // [Count, T]
        var shares = graph.Sigmoid(graph.Add(graph.GatherElements(graph.Use(beta), same, 1, length), Row(graph))); // s: [1, T]
        var scores = graph.MultiplyRow(graph.Add(graph.MultiplyRow(more, shares), rest), graph.GatherElements(graph.Use(alpha), same, 1, length));
        var weights = graph.Softmax(scores);
        if (measures is not null)
            Measure(batch, shares, weights, measures);
        return graph.BatchedProduct(weights, batch.Contents, batch.Count);
    }

    public void Dispose()
    {
        foreach (var parameter in Parameters)
            parameter.Dispose();
    }

    /// <summary>
    /// With g_j = x_j·x_target: b_j·x_target is s_j·g_(j−1) + (1 − s_j)·c_j, c_j the mean of g over the other tokens that j sees. Gives c and g_(j−1) − c.
    /// </summary>
    private static (Tensor Mean, Tensor More) Similarities(Graph graph, BurstBatch batch)
    {
        var length = batch.Setting.Length;
        Tensor rest = graph.Persistent.Matrix(batch.Count, length), more = graph.Persistent.Matrix(batch.Count, length);
        for (var s = 0; s < batch.Count; s++)
        {
            var (sum, before) = (0f, 0f);
            for (var j = 0; j < length; j++)
            {
                var g = Dot(batch.Contents[s * length + j], batch.Targets[s]);
                sum += g;
                rest[s][j] = j == 0 ? g : (sum - before) / j;
                more[s][j] = j == 0 ? 0 : before - rest[s][j];
                before = g;
            }
        }
        return (rest, more);
    }

    private Tensor Row(Graph graph)
    {
        var row = graph.Persistent.Matrix(1, others.Length);
        others.CopyTo(row.Span);
        return row;
    }

    private static void Measure(BurstBatch batch, Tensor shares, Tensor weights, HeadMeasures measures)
    {
        var items = batch.Setting.Items;
        var previous = 0.0;
        for (var i = 0; i < items; i++)
            previous += shares.Span[2 * i + 1] / items;
        for (var s = 0; s < batch.Count; s++)
            measures.Add(previous, weights[s], batch.IsCorrect.AsSpan(s * items, items));
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0f;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}

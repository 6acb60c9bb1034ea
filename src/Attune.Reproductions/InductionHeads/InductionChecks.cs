using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.InductionHeads;

/// <summary>What must hold of induction heads at any scale.</summary>
public static class InductionChecks
{
    private const int Sequences = 512;

    /// <summary>Share of novel sequences that a head set by hand (β = 20, α = 40, labels read by their vectors) gets wrong: few, since random vectors overlap little.</summary>
    public static double HandSetErrors(BurstSetting setting, SeededRandom random)
    {
        var (task, batch) = Drawn(setting, random);
        using var graph = new Graph(recording: false);
        using var net = HandSet(setting, random, 20, 40);
        var read = net.Read(graph, batch);
        var wrong = 0;
        for (var s = 0; s < batch.Count; s++)
            wrong += Enumerable.Range(0, setting.Labels).MaxBy(l => Dot(read[s], task.Label(l))) == batch.Answers[s] ? 0 : 1;
        batch.Dispose();
        return (double)wrong / batch.Count;
    }

    /// <summary>|accuracy of naming a label of the context by chance − 1/N|, labels being different.</summary>
    public static double UniformChoice(BurstSetting setting, SeededRandom random)
    {
        var (_, batch) = Drawn(setting, random);
        using var _1 = batch;
        var right = 0;
        for (var i = 0; i < batch.ContextLabels.Length; i++)
            right += batch.ContextLabels[i] == batch.Answers[i / setting.Items] ? 1 : 0;
        return Math.Abs((double)right / batch.ContextLabels.Length - 1.0 / setting.Items);
    }

    /// <summary>|CLA − 1| of a net that gives all labels of the context the same score and the others none.</summary>
    public static double UniformContextLabels(BurstSetting setting, SeededRandom random)
    {
        var (_, batch) = Drawn(setting, random);
        using var _1 = batch;
        using var graph = new Graph(recording: false);
        var logits = graph.Persistent.Matrix(batch.Count, setting.Labels);
        logits.Span.Fill(-1e4f);
        for (var i = 0; i < batch.ContextLabels.Length; i++)
            logits[i / setting.Items][batch.ContextLabels[i]] = 0;
        return Math.Abs(InductionTraining.ContextProbability(graph, batch, logits) - 1);
    }

    /// <summary>
    /// How far what a head set by hand (β = 20, α = 40) reads moves when the pairs behind the first are turned around: by rounding and by the e^−β that goes past the token before.
    /// The first item stays, since it has none before it and is read itself.
    /// </summary>
    public static double Permutation(BurstSetting setting, SeededRandom random)
    {
        var (_, batch) = Drawn(setting, random);
        using var _1 = batch;
        using var net = HandSet(setting, random, 20, 40);
        using var graph = new Graph(recording: false);
        var before = net.Read(graph, batch).Span.ToArray();
        for (var s = 0; s < batch.Count; s++)
            for (int i = 1, j = setting.Items - 1; i < j; i++, j--)
                for (var part = 0; part < 2; part++)
                    Swap(batch.Contents[s * setting.Length + 2 * i + part], batch.Contents[s * setting.Length + 2 * j + part]);
        return before.Zip(net.Read(graph, batch).Span.ToArray(), (a, b) => (double)Math.Abs(a - b)).Max();
    }

    /// <summary>Distance of the gradient of the nested logits at the origin from (0, 0, −(1/N − 1/L)), which is 0 for L = N.</summary>
    public static double OriginGradient(int items, int labels)
    {
        var (beta, alpha, xi) = new NestedLogits(items, labels, items).Gradient(0, 0, 0);
        return Math.Max(Math.Abs(beta), Math.Max(Math.Abs(alpha), Math.Abs(xi + 1.0 / items - 1.0 / labels)));
    }

    /// <summary>Distance of the gradient of the nested logits from central differences, at a random place.</summary>
    public static double NestedGradient(SeededRandom random)
    {
        const double Step = 1e-5;
        var loss = new NestedLogits(8, 32, 8);
        double b = random.NextNormal(), a = 1 + random.NextNormal(), x = 2 + random.NextNormal();
        var g = loss.Gradient(b, a, x);
        double Slope(Func<double, double> along) => (along(Step) - along(-Step)) / (2 * Step);
        return Math.Max(Math.Abs(g.Beta - Slope(h => loss.Loss(b + h, a, x))),
            Math.Max(Math.Abs(g.Alpha - Slope(h => loss.Loss(b, a + h, x))), Math.Abs(g.Xi - Slope(h => loss.Loss(b, a, x + h)))));
    }

    private static (BurstTask Task, BurstBatch Batch) Drawn(BurstSetting setting, SeededRandom random)
    {
        setting = setting with { DistinctLabels = true, NovelShare = 1, Burstiness = 1 };
        var task = new BurstTask(setting, random.Fork("classes"));
        var batch = new BurstBatch(setting, Sequences);
        task.Draw(batch, BurstKind.Novel, random.Fork("order"), new NormalStream(random.Fork("noise")));
        return (task, batch);
    }

    private static ScalarHeadNet HandSet(BurstSetting setting, SeededRandom random, double beta, double alpha)
    {
        var net = new ScalarHeadNet(setting, 1, random);
        net.Plug(beta, alpha);
        return net;
    }

    private static void Swap(Span<float> a, Span<float> b)
    {
        for (var i = 0; i < a.Length; i++)
            (a[i], b[i]) = (b[i], a[i]);
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0f;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}

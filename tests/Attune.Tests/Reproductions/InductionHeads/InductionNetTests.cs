using Attune.Reproductions;
using Attune.Reproductions.InductionHeads;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Reproductions.InductionHeads;

public class InductionNetTests
{
    private static readonly BurstSetting Setting = new() { Classes = 8, Labels = 4, Items = 3, MostItems = 4, Dimension = 6 };

    /// <summary>Queries, keys, values and masks as the paper has them, in plain loops over float64; the net folds K into Q and sums before V.</summary>
    [Fact]
    public void Logits_OfRandomWeights_AreThoseOfPlainAttention()
    {
        using var batch = Drawn();
        using var net = new InductionNet(Setting, 5, new SeededRandom(4));
        using var graph = new Graph(recording: false);
        var measures = new HeadMeasures();
        var logits = net.Logits(graph, batch, measures);
        var (previous, toLabels, toCorrect) = (0.0, 0.0, 0.0);
        for (var s = 0; s < batch.Count; s++)
        {
            double[][] x = [.. Enumerable.Range(0, Setting.Length).Select(t => Doubles(batch.Tokens[s * Setting.Length + t]))];
            var (first, p1) = Layer(x, net, 0);
            var (second, p2) = Layer(first, net, 1);
            var expected = Classify(second[^1], net.Parameters);
            for (var l = 0; l < Setting.Labels; l++)
                Assert.Equal(expected[l], logits[s][l], 1e-4);
            for (var i = 0; i < Setting.Items; i++)
            {
                previous += p1[2 * i + 1][2 * i] / Setting.Items / batch.Count;
                toLabels += p2[^1][2 * i + 1] / batch.Count;
                toCorrect += batch.IsCorrect[s * Setting.Items + i] ? p2[^1][2 * i + 1] / batch.Count : 0;
            }
        }
        Assert.Equal(previous, measures.PreviousItem, 1e-5);
        Assert.Equal(toLabels, measures.TargetToLabels, 1e-5);
        Assert.Equal(toCorrect, measures.TargetToCorrect, 1e-5);
    }

    /// <summary>s = e^β/(e^β + i − 1), the rest shared; b by its definition, one token after another.</summary>
    [Fact]
    public void ScalarHead_OfGivenNumbers_ReadsByItsDefinition()
    {
        const double Beta = 0.7, Alpha = 1.3;
        using var batch = Drawn();
        using var net = new ScalarHeadNet(Setting, 5, new SeededRandom(4));
        net.Plug(Beta, Alpha);
        using var graph = new Graph(recording: false);
        var read = net.Read(graph, batch);
        for (var s = 0; s < batch.Count; s++)
        {
            double[][] x = [.. Enumerable.Range(0, Setting.Length).Select(t => Doubles(batch.Contents[s * Setting.Length + t]))];
            var weights = new double[x.Length];
            for (var i = 0; i < x.Length; i++)
            {
                var b = new double[Setting.Dimension];
                for (var j = 0; j <= i; j++)
                {
                    // Counted from 1, token i + 1 sees i + 1 tokens, of which i are not the one before it.
                    var weight = i == 0 ? 1 : (j == i - 1 ? Math.Exp(Beta) : 1) / (Math.Exp(Beta) + i);
                    for (var d = 0; d < b.Length; d++)
                        b[d] += weight * x[j][d];
                }
                weights[i] = Math.Exp(Alpha * Dot(b, x[^1]));
            }
            for (var d = 0; d < Setting.Dimension; d++)
                Assert.Equal(x.Select((token, i) => weights[i] * token[d]).Sum() / weights.Sum(), read[s][d], 1e-5);
        }
    }

    private static (double[][] X, double[][] P) Layer(double[][] x, InductionNet net, int layer)
    {
        Tensor Of(string name) => net.Parameters.Single(p => p.Name == FormattableString.Invariant($"{layer}.{name}")).Value;
        double[][] q = [.. x.Select(v => Map(Of("query"), v))];
        // The net keeps the transpose of the paper's K.
        double[][] k = [.. x.Select(v => MapTransposed(Of("key"), v))];
        double[][] values = [.. x.Select(v => Map(Of("value"), v))];
        var p = x.Select((_, i) => Softmax([.. Enumerable.Range(0, i + 1).Select(j => Dot(q[i], k[j]))])).ToArray();
        return ([.. x.Select((v, i) => v.Select((c, d) => c + p[i].Select((w, j) => w * values[j][d]).Sum()).ToArray())], p);
    }

    private static double[] Classify(double[] x, IReadOnlyList<Parameter> parameters)
    {
        for (var layer = 0; layer < 3; layer++)
        {
            double bias = parameters.Single(p => p.Name == FormattableString.Invariant($"classifier.{layer}.bias")).Value.Span[0];
            x = [.. Map(parameters.Single(p => p.Name == FormattableString.Invariant($"classifier.{layer}")).Value, x).Select(v => Math.Max(0, v + bias))];
        }
        return Map(parameters.Single(p => p.Name == "classifier.last").Value, x);
    }

    private static double[] Softmax(double[] scores)
    {
        var sum = scores.Sum(Math.Exp);
        return [.. scores.Select(s => Math.Exp(s) / sum)];
    }

    private static double[] Map(Tensor w, double[] x) => [.. Enumerable.Range(0, w.Rows).Select(r => Dot(Doubles(w[r]), x))];

    private static double[] MapTransposed(Tensor w, double[] x) => [.. Enumerable.Range(0, w.Columns).Select(c => Enumerable.Range(0, w.Rows).Sum(r => w[r][c] * x[r]))];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (u, v) => u * v).Sum();

    private static double[] Doubles(Span<float> values) => [.. values.ToArray().Select(v => (double)v)];

    private static BurstBatch Drawn()
    {
        var batch = new BurstBatch(Setting, 6);
        new BurstTask(Setting, new SeededRandom(1)).Draw(batch, BurstKind.Training, new SeededRandom(2), new NormalStream(new SeededRandom(3)));
        return batch;
    }
}

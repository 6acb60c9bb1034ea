using System.Text.Json.Nodes;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tests.Models.Architectures;

namespace Attune.Tests.Methods.Adapters;

/// <summary>Heads of classifiers that adapters bring, on a tiny BERT, without goldens.</summary>
public sealed class AdapterHeadTests
{
    private const int Width = 16;

    private static readonly int[][] Texts = [[5, 9, 33], [17, 2]];

    /// <summary>tanh(W·x + b) of the first position's state, which is the prompt's first vector's, then the head's map: in float64.</summary>
    [Fact]
    public void Classify_SoftPrompt_PoolsTheFirstVectorsState()
    {
        using var model = Create("bert");
        using var adapter = AdapterKinds.Read(Folder("SEQ_CLS"), model);
        var (scores, states, _) = Run(model, adapter);
        var dense = model.Linears.Single(l => l.Name == "pooler.dense");
        Assert.Equal((2, 3), (scores.Length, scores[0].Length));
        for (var r = 0; r < 2; r++)
        {
            // Two vectors and three tokens stand before the second row's first vector.
            var pooled = Mapped(dense, states[r * 5]).Select(Math.Tanh).ToArray();
            for (var label = 0; label < 3; label++)
                Assert.Equal(pooled.Select((v, i) => v * HeadWeight(label, i)).Sum() + label, scores[r][label], 5);
        }
    }

    [Fact]
    public void Classify_TokenLabels_ScoresEveryToken()
    {
        using var model = Create("bert");
        using var adapter = AdapterKinds.Read(Folder("TOKEN_CLS"), model);
        var (scores, states, _) = Run(model, adapter);
        Assert.Equal(9, scores.Length);
        for (var m = 0; m < 9; m++)
            Assert.Equal(states[m].Select((v, i) => (double)v * HeadWeight(1, i)).Sum() + 1, scores[m][1], 5);
    }

    /// <summary>The adapter's numbers in the place of the checkpoint's own classifier compute what the same head on a bare model does.</summary>
    [Fact]
    public void Classify_ModelWithAHead_TakesTheAdaptersNumbers()
    {
        using var bare = Create("bert");
        using var whole = Create("bert labels", labels: 3);
        using var head = AdapterKinds.Read(Folder("SEQ_CLS"), bare);
        using var saved = AdapterKinds.Read(Folder("SEQ_CLS"), whole);
        Assert.Equal(2, head.Head.Count);
        Assert.Empty(saved.Head);
        Assert.Equal(head.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal), saved.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        var (_, states, _) = Run(whole, saved);
        var scores = Run(whole, saved).Scores;
        var dense = whole.Linears.Single(l => l.Name.EndsWith("pooler.dense", StringComparison.Ordinal));
        Assert.Equal(Mapped(dense, states[0]).Select((v, i) => Math.Tanh(v) * HeadWeight(2, i)).Sum() + 2, scores[0][2], 5);
    }

    [Fact]
    public void Classify_CrossEntropy_ReachesHeadAndPrompt()
    {
        using var model = Create("bert");
        using var adapter = AdapterKinds.Read(Folder("SEQ_CLS"), model);
        var bias = adapter.Parameters.Single(p => p.Name == "base_model.classifier.bias");
        var prompt = adapter.Parameters.Single(p => p.Name == "prompt_embeddings");
        Run(model, adapter, [2, 0]);
        // Softmax minus the label's one, over the rows: the sum over labels is 0.
        Assert.Equal(0, bias.Gradient.Span.ToArray().Sum(), 6);
        foreach (var parameter in new[] { bias, prompt })
        {
            var gradient = parameter.Gradient.Span[1];
            Assert.NotEqual(0, gradient);
            const float step = 1e-2f;
            parameter.Value.Span[1] += step;
            var above = Run(model, adapter, [2, 0]).Loss;
            parameter.Value.Span[1] -= 2 * step;
            var below = Run(model, adapter, [2, 0]).Loss;
            parameter.Value.Span[1] += step;
            Assert.Equal((above - below) / (2 * step), gradient, 3);
        }
    }

    [Fact]
    public void Read_HeadOfAnotherWidth_IsRefusedByName()
    {
        using var model = Create("bert");
        var folder = Folder("SEQ_CLS");
        folder.Tensors["base_model.classifier.weight"] = PeftTensor.Of("base_model.classifier.weight", [3, Width + 1], new float[3 * (Width + 1)]);
        Assert.Contains("classifier.weight", Assert.Throws<AttuneException>(() => AdapterKinds.Read(folder, model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classify_HeadOfTwoMaps_IsRefusedByName()
    {
        using var model = Create("bert");
        var folder = Folder("SEQ_CLS");
        folder.Tensors.Add("base_model.classifier.dense.weight", PeftTensor.Of("base_model.classifier.dense.weight", [Width, Width], new float[Width * Width]));
        using var adapter = AdapterKinds.Read(folder, model);
        Assert.Contains("classifier.dense.weight", Assert.Throws<AttuneException>(() => Run(model, adapter)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ClassifierWithoutAHead_IsRefused()
    {
        using var model = Create("bert");
        var folder = Folder("SEQ_CLS");
        folder.Tensors.Remove("base_model.classifier.weight");
        folder.Tensors.Remove("base_model.classifier.bias");
        Assert.Contains("brings no head", Assert.Throws<AttuneException>(() => AdapterKinds.Read(folder, model)).Message, StringComparison.Ordinal);
    }

    private static EncoderModel Create(string name, int labels = 2) =>
        (EncoderModel)TinyModels.Create(TinyArchitectures.With(TinyArchitectures.Encoders[name], ("num_labels", labels)), new TinyModels.RandomWeights(4));

    private static float HeadWeight(int label, int column) => 0.25f * (label + 1) * (column % 3 - 1);

    /// <summary>Two vectors before the tokens, and a head of three labels whose biases are 0, 1, 2.</summary>
    private static PeftFolder Folder(string task)
    {
        var random = new SeededRandom(6);
        var configuration = new JsonObject
        {
            ["peft_type"] = "PROMPT_TUNING", ["task_type"] = task, ["num_virtual_tokens"] = 2, ["token_dim"] = Width, ["modules_to_save"] = new JsonArray("classifier", "score"),
        };
        return new PeftFolder(configuration,
        [
            PeftTensor.Of("base_model.classifier.bias", [3], [0, 1, 2]),
            PeftTensor.Of("base_model.classifier.weight", [3, Width], [.. Enumerable.Range(0, 3 * Width).Select(i => HeadWeight(i / Width, i % Width))]),
            PeftTensor.Of("prompt_embeddings", [2, Width], [.. Enumerable.Range(0, 2 * Width).Select(_ => (float)random.NextNormal())]),
        ]);
    }

    /// <summary>Scores and states by row; with labels the loss too, after a backward pass.</summary>
    private static (float[][] Scores, float[][] States, double Loss) Run(EncoderModel model, PeftAdapter adapter, int[]? labels = null)
    {
        var sites = new SiteSet(model, "test");
        adapter.Attach(sites);
        var batch = new TokenBatch();
        foreach (var text in Texts)
            SiteSet.Place(sites, batch, text);
        using var graph = new Graph(recording: labels is not null);
        foreach (var parameter in adapter.Parameters)
            parameter.ClearGradient();
        var states = model.Forward(graph, batch, sites);
        var scores = adapter.Classify(graph, states, batch, sites);
        if (labels is null)
            return (Rows(scores), Rows(states), 0);
        var loss = graph.CrossEntropy(scores, labels);
        var value = loss.Span[0];
        graph.Backward(loss);
        return ([], [], value);
    }

    private static float[][] Rows(Tensor x) => [.. Enumerable.Range(0, x.Rows).Select(i => x[i].ToArray())];

    private static double[] Mapped(LinearModule map, float[] x)
    {
        var (row, result) = (new float[map.Inputs], new double[map.Outputs]);
        for (var o = 0; o < map.Outputs; o++)
        {
            map.Weight.ReadRow(o, row);
            result[o] = row.Select((w, i) => (double)w * x[i]).Sum() + (map.Bias is { } bias ? bias.Value.Span[o] : 0);
        }
        return result;
    }
}

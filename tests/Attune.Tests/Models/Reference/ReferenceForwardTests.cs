using Attune.Models;
using Attune.Models.Files;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Reference;

[Collection("Reference")]
[Trait("Category", "Goldens")]
public sealed class ReferenceForwardTests(ReferenceModels models)
{
    [SkippableFact]
    public void Forward_SixPrompts_LogitsHiddenStatesAndTokensAsTransformers()
    {
        var model = models.Language;
        using var file = SafetensorsFile.Open(TestFolders.Fixture("reference/logits.safetensors"));
        var prompts = ReferenceModels.Json("logits.json").GetProperty("prompts").EnumerateArray().ToArray();
        using var graph = new Graph(recording: false);
        for (var i = 0; i < prompts.Length; i++)
        {
            var ids = ReferenceModels.Ints(prompts[i].GetProperty("ids"));
            Assert.Equal(ids, model.Tokenizer.Encode(prompts[i].GetProperty("prompt").GetString()!, addSpecial: false));
            var inputs = new Dictionary<int, float[]>();
            var logits = Logits(model, graph, ids, inputs);
            Close(file.Tensors[$"{i}.last_logits"].ToFloat32(), logits[^1], 2e-3, $"logits of prompt {i}");
            var expected = file.Tensors[$"{i}.token_log_probs"].ToFloat32();
            for (var t = 1; t < ids.Length; t++)
            {
                var maximum = logits[t - 1].Max();
                var normaliser = maximum + Math.Log(logits[t - 1].Sum(l => Math.Exp(l - maximum)));
                Assert.True(Math.Abs(logits[t - 1][ids[t]] - normaliser - expected[t - 1]) < 1e-3);
            }
            foreach (var (layer, input) in inputs)
                if (file.Tensors.TryGetValue($"{i}.hidden_{layer}", out var hidden))
                {
                    var wanted = hidden.ToFloat32();
                    Close(wanted, input, 1e-3 * Math.Max(1, wanted.Max(Math.Abs)), $"input of layer {layer}");
                }
        }
    }

    [SkippableFact]
    public void Greedy_TenChats_SameTokensUpToTheFirstSmallMargin()
    {
        var model = models.Language;
        foreach (var c in ReferenceModels.Json("greedy.json").GetProperty("cases").EnumerateArray())
        {
            var prompt = ReferenceModels.Ints(c.GetProperty("prompt_ids"));
            var expected = ReferenceModels.Ints(c.GetProperty("generated_ids"));
            Assert.Equal(prompt, model.Tokenizer.Encode(model.RenderChat(model.ChatTemplate!, [("user", c.GetProperty("user").GetString()!)]), addSpecial: false));
            var got = model.Generate(prompt, new SamplingOptions { MaxTokens = expected.Length }, null, null, CancellationToken.None).Ids.ToList();
            if (expected[^1] == model.Tokenizer.EndId)
                got.Add(expected[^1]);
            var margins = c.GetProperty("margin").EnumerateArray().Select(m => m.GetDouble()).ToArray();
            var sure = Math.Min(expected.Length, margins.TakeWhile(m => m >= 0.01).Count());
            Assert.Equal(expected[..sure], got.Take(sure));
        }
    }

    [SkippableFact]
    public void Perplexity_WikiText_WithinAThousandth()
    {
        var reference = ReferenceModels.Json("perplexity.json");
        Assert.InRange(Perplexity(models.Language) / reference.GetProperty("perplexity").GetDouble(), 0.999, 1.001);
    }

    [SkippableFact]
    public void Score_FourTasks_LogLikelihoodsAndAccuraciesAsTransformers()
    {
        var model = models.Language;
        foreach (var r in ReferenceModels.Json("classification.json").GetProperty("results").EnumerateArray())
        {
            var task = r.GetProperty("task").GetString()!;
            var template = r.GetProperty("template").GetString()!;
            var words = r.GetProperty("words").EnumerateObject().Select(w => (Label: w.Name, Words: w.Value.GetString()!)).ToArray();
            var train = ReferenceModels.Rows(task, "train");
            var prefix = string.Concat(ReferenceModels.Ints(r.GetProperty("demonstrations")).Select(d =>
                Text(train[d], template) + words.Single(w => w.Label == train[d].GetProperty("label").GetString()).Words + "\n\n"));
            var expected = r.GetProperty("label_log_likelihoods").EnumerateArray().Select(row => row.EnumerateArray().Select(v => v.GetDouble()).ToArray()).ToArray();
            var rows = ReferenceModels.Rows(task, "test").Take(expected.Length).ToArray();
            int[][] labels = [.. words.Select(w => model.Tokenizer.Encode(w.Words, addSpecial: false))];
            var scores = model.Score([.. rows.Select(row => new ScoreRequest(model.Tokenizer.Encode(prefix + Text(row, template), addSpecial: false), labels))], null, CancellationToken.None);
            var right = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                var got = scores[i].TokenLogProbabilities.Select(t => t.Sum()).ToArray();
                for (var l = 0; l < got.Length; l++)
                    Assert.True(Math.Abs(got[l] - expected[i][l]) < 2e-3, $"{task} row {i} label {l}: {got[l]} for {expected[i][l]}");
                right += words[Array.IndexOf(got, got.Max())].Label == rows[i].GetProperty("label").GetString() ? 1 : 0;
            }
            Assert.Equal(r.GetProperty("accuracy").GetDouble(), right / (double)rows.Length, 6);
        }
    }

    [SkippableFact]
    public void Embed_MiniLm_AsSentenceTransformers()
    {
        var texts = ReferenceModels.Json("minilm.json").GetProperty("texts").EnumerateArray().Select(t => t.GetString()!).ToArray();
        using var file = SafetensorsFile.Open(TestFolders.Fixture("reference/minilm.safetensors"));
        var expected = file.Tensors.Values.Single(t => t.Info.Shape.Count == 2 && t.Info.Shape[0] == texts.Length).ToFloat32();
        var got = models.Encoder.Embed(texts);
        Close(expected, [.. got.SelectMany(v => v)], 2e-3, "embeddings");
    }

    /// <summary>exp of the mean over chunks of the mean negative log-probability, as the reference has it.</summary>
    internal static double Perplexity(LanguageModel model, int? chunks = null)
    {
        var reference = ReferenceModels.Json("perplexity.json");
        var ids = model.Tokenizer.Encode(File.ReadAllText(TestFolders.DataSet("text/wikitext2.test.txt")), addSpecial: false);
        Assert.Equal(reference.GetProperty("total_tokens").GetInt32(), ids.Length);
        var length = reference.GetProperty("context").GetInt32();
        var count = chunks ?? reference.GetProperty("chunks").GetInt32();
        var sum = 0.0;
        for (var c = 0; c < count; c++)
        {
            var chunk = ids.AsSpan(c * length, length);
            var score = model.Score([new ScoreRequest([chunk[0]], [chunk[1..].ToArray()])], null, CancellationToken.None);
            sum -= score[0].TokenLogProbabilities[0].Average();
        }
        return Math.Exp(sum / count);
    }

    private static string Text(System.Text.Json.JsonElement row, string template) => template.Replace("{text}", row.GetProperty("text").GetString(), StringComparison.Ordinal);

    private static float[][] Logits(LanguageModel model, Graph graph, int[] ids, Dictionary<int, float[]> inputs)
    {
        graph.Reset();
        var batch = new TokenBatch();
        batch.Add(ids);
        var sites = new SiteSet(model.Transformer, "test");
        for (var layer = 0; layer < model.Transformer.Layers; layer++)
            sites.Add(ActivationPoint.BlockInput, layer, new Tap(layer, inputs));
        var hidden = model.Transformer.Forward(graph, batch, sites);
        var logits = model.Transformer.Logits(graph, hidden, batch, null);
        return [.. Enumerable.Range(0, ids.Length).Select(t => logits[t].ToArray())];
    }

    private static void Close(float[] expected, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{what}: element {i} is {actual[i]}, expected {expected[i]}");
    }

    private sealed class Tap(int layer, Dictionary<int, float[]> inputs) : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            inputs[layer] = value.Span.ToArray();
            return value;
        }
    }
}

using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Models.Architectures;

/// <summary>Models that see images beside transformers' classes: classifiers, pairs of towers, language models.</summary>
[Trait("Category", "Goldens")]
public sealed class VisionGoldenTests
{
    public static TheoryData<string> Classifiers => ArchitectureGolden.Names("image-classifier");

    public static TheoryData<string> Pairs => ArchitectureGolden.Names("contrastive");

    public static TheoryData<string> ImageTexts => ArchitectureGolden.Names("llava", "idefics3");

    [SkippableTheory]
    [MemberData(nameof(Classifiers))]
    public void Classifier_GoldenImages_StatesScoresAndLoss(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (ImageEncoder)golden.Load();
        using var graph = new Graph(recording: false);
        var sites = new SiteSet(model, "golden");
        var probes = ArchitectureGolden.Probe.OfBlocks(sites, model.Layers);
        var attention = Array.Empty<float>();
        graph.AttentionObserver = (shape, bias, q, k, ranges) => attention = attention.Length > 0 ? attention : AttentionProbabilities.Of(shape, bias, q, k, ranges[0]);
        var batch = model.Batch(Images(golden));
        var states = model.Forward(graph, batch, sites);
        for (var i = 0; i <= model.Layers; i++)
            golden.Near($"hidden_{i}", golden.Tensors.Floats($"hidden_{i}"), probes[i].Seen.AsSpan(0, model.ContextLength * model.Hidden), golden.Tolerance);
        golden.Near("attention_0", golden.Tensors.Floats("attention_0"), attention, golden.Tolerance);
        golden.Near("logits", golden.Tensors.Floats("logits"), model.Head!.Apply(graph, states, batch, sites).Span, golden.Tolerance);
        golden.Near("loss", golden.Tensors.Floats("loss"), model.Head.Loss(graph, states, golden.Tensors.Ints("labels"), batch, sites).Span, golden.Tolerance);
    }

    [SkippableTheory]
    [MemberData(nameof(Classifiers))]
    public void Classifier_GoldenLoss_GradientsOfEveryParameter(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (ImageEncoder)golden.Load();
        var batch = model.Batch(Images(golden));
        NearGradients(golden, model, (graph, sites) => model.Head!.Loss(graph, model.Forward(graph, batch, sites), golden.Tensors.Ints("labels"), batch, sites));
    }

    [SkippableTheory]
    [MemberData(nameof(Pairs))]
    public void Contrastive_GoldenPairs_EmbeddingsScoresAndLoss(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (ContrastiveModel)golden.Load();
        using var graph = new Graph(recording: false);
        var texts = model.TextEmbeddings(graph, Batch(golden), null);
        var images = model.ImageEmbeddings(graph, Images(golden), null);
        golden.Near("text_embeds", golden.Tensors.Floats("text_embeds"), texts.Span, golden.Tolerance);
        golden.Near("image_embeds", golden.Tensors.Floats("image_embeds"), images.Span, golden.Tolerance);
        var scores = model.Scores(graph, images, texts, null);
        golden.Near("logits_per_image", golden.Tensors.Floats("logits_per_image"), scores.Span, golden.Tolerance);
        golden.Near("logits_per_text", golden.Tensors.Floats("logits_per_text"), graph.Transpose(scores).Span, golden.Tolerance);
        golden.Near("loss", golden.Tensors.Floats("loss"), model.Loss(graph, scores).Span, golden.Tolerance);
    }

    [SkippableTheory]
    [MemberData(nameof(Pairs))]
    public void Contrastive_GoldenLoss_GradientsOfEveryParameter(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (ContrastiveModel)golden.Load();
        NearGradients(golden, model, (graph, sites) =>
        {
            var texts = model.TextEmbeddings(graph, Batch(golden), sites);
            return model.Loss(graph, model.Scores(graph, model.ImageEmbeddings(graph, Images(golden), sites), texts, sites));
        });
    }

    [SkippableTheory]
    [MemberData(nameof(ImageTexts))]
    public void ImageText_GoldenRows_ImageVectorsStatesLogitsAndLoss(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (ImageTextModel)golden.Load();
        using var graph = new Graph(recording: false);
        golden.Near("image_hidden_states", golden.Tensors.Floats("image_hidden_states"), model.ImageVectors(graph, Images(golden), null).Span, golden.Tolerance);
        graph.Reset();
        var rows = golden.Rows();
        var batch = Batch(golden);
        var sites = new SiteSet(model, "golden");
        var probes = ArchitectureGolden.Probe.OfBlocks(sites, model.Layers);
        var states = model.Forward(graph, batch, sites);
        golden.NearStates(probes, states, rows[0].Ids.Length, model.Hidden);
        golden.NearRows("logits", model.Logits(graph, states, batch, sites), rows);
        golden.Near("loss", golden.Tensors.Floats("loss"), model.Loss(graph, states, golden.NextTokens(rows), batch, sites).Span, golden.Tolerance);
    }

    [SkippableTheory]
    [MemberData(nameof(ImageTexts))]
    public void ImageText_GoldenLoss_GradientsOfEveryParameter(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (ImageTextModel)golden.Load();
        var batch = Batch(golden);
        NearGradients(golden, model, (graph, sites) => model.Loss(graph, model.Forward(graph, batch, sites), golden.NextTokens(golden.Rows()), batch, sites));
    }

    [SkippableTheory]
    [MemberData(nameof(ImageTexts))]
    public void ImageText_GoldenPrompt_SameTokensWithTheCache(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        using var model = (ImageTextModel)golden.Load();
        var expected = golden.Tensors.Ints("generated");
        const int fresh = 12;
        var prompt = expected.Length - fresh;
        using var feed = new TokenFeed(model, Precision.Exact);
        var next = Best(feed.Feed(expected.AsSpan(0, prompt), [Images(golden)[0]]));
        for (var i = prompt; i < expected.Length; i++)
        {
            Assert.True(next == expected[i], $"{name}: token {i} is {next}, not {expected[i]}");
            if (i + 1 < expected.Length)
                next = Best(feed.Feed([next]));
        }
    }

    /// <summary>LLaVA's tensors as published before and since version 4.52 of transformers: the numbers are the same.</summary>
    [SkippableTheory]
    [MemberData(nameof(ImageTexts))]
    public void ImageText_OtherNames_SameNumbers(string name)
    {
        var golden = ArchitectureGolden.Open(name);
        Skip.IfNot(golden.Kind == "llava", $"{name} has one spelling of its tensors");
        using var model = (ImageTextModel)golden.Load();
        using var graph = new Graph(recording: false);
        var batch = Batch(golden);
        var expected = model.Forward(graph, batch, null).Span.ToArray();
        foreach (var rename in new Func<string, string>[] { Published, Newer })
        {
            using var folder = new RenamedCheckpoint(golden.Folder, rename);
            using var other = Attune.Models.Loading.ModelLoader.LoadTransformer(folder.Path, null, golden.ConfigurationFile);
            graph.Reset();
            Assert.Equal(expected, other.Forward(graph, batch, null).Span.ToArray());
        }
    }

    private static string Published(string name) => name.Replace("vision_tower.", "vision_tower.vision_model.", StringComparison.Ordinal);

    private static string Newer(string name) => name.StartsWith("language_model.lm_head", StringComparison.Ordinal) ? name["language_model.".Length..]
        : "model." + Published(name).Replace("language_model.model.", "language_model.", StringComparison.Ordinal);

    private static void NearGradients(ArchitectureGolden golden, TransformerModel model, Func<Graph, SiteSet, Tensor> loss)
    {
        using var graph = new Graph(recording: true);
        var sites = new SiteSet(model, "golden");
        var parameters = TrainedModule.AttachAll(model, sites);
        graph.Backward(loss(graph, sites));
        golden.NearGradients(parameters, new HashSet<string>());
        foreach (var parameter in parameters)
            parameter.Dispose();
    }

    private static TokenBatch Batch(ArchitectureGolden golden)
    {
        var batch = new TokenBatch();
        foreach (var (ids, _) in golden.Rows())
            batch.Add(ids);
        batch.Images.AddRange(Images(golden));
        return batch;
    }

    /// <summary>Every image of pixel_values, [B, 3, H, W] or [B, images, 3, H, W].</summary>
    private static ImagePixels[] Images(ArchitectureGolden golden)
    {
        var shape = golden.Tensors.Shape("pixel_values");
        var values = golden.Tensors.Floats("pixel_values");
        var each = shape[^3] * shape[^2] * shape[^1];
        return [.. Enumerable.Range(0, values.Length / each).Select(i => new ImagePixels(shape[^3], shape[^2], shape[^1], values.AsMemory(i * each, each)))];
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best])
                best = i;
        return best;
    }
}

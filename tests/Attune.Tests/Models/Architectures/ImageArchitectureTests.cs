using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Architectures;

/// <summary>Models that see images, with random weights: what must hold whatever the numbers are.</summary>
public sealed class ImageArchitectureTests
{
    private const int ImageToken = 3;

    [Fact]
    public void Vit_BatchOfImages_EqualsItsSinglesBitForBit()
    {
        using var model = (ImageEncoder)Create("vit");
        using var graph = new Graph(recording: false);
        var images = Enumerable.Range(0, 3).Select(Image).ToArray();
        var batch = model.Batch(images);
        var expected = model.Head!.Apply(graph, model.Forward(graph, batch, null), batch, null).Span.ToArray();
        for (var i = 0; i < images.Length; i++)
        {
            graph.Reset();
            var one = model.Batch([images[i]]);
            Assert.Equal(expected[(2 * i)..(2 * i + 2)], model.Head.Apply(graph, model.Forward(graph, one, null), one, null).Span.ToArray());
        }
    }

    [Fact]
    public void Vit_Gradients_MatchCentralDifferences()
    {
        using var model = (ImageEncoder)Create("vit");
        var batch = model.Batch([Image(0), Image(1)]);
        CentralDifferences.Check(model, (graph, sites) => model.Head!.Loss(graph, model.Forward(graph, batch, sites), [0, 1], batch, sites));
    }

    /// <summary>The first output of a patch's map is the product of its pixels, channel after channel, with the weight's first row.</summary>
    [Fact]
    public void PatchEmbedding_OnePatch_IsTheProductOfItsPixels()
    {
        using var source = new TinySource();
        var (image, patch) = (Image(7), 2 * 4 + 1);
        using var graph = new Graph(recording: false);
        var x = source.Embedding.Apply(graph, [image], null);
        var sum = 0.0;
        for (var c = 0; c < 3; c++)
            for (var y = 0; y < 2; y++)
                for (var k = 0; k < 2; k++)
                    sum += (double)image.Values.Span[(c * 8 + patch / 4 * 2 + y) * 8 + patch % 4 * 2 + k] * source.Weight.Value.Span[(c * 2 + y) * 2 + k];
        Assert.InRange(sum + source.Positions.Value[patch][0] - x[patch][0], -1e-5, 1e-5);
    }

    [Theory]
    [InlineData("clip")]
    [InlineData("siglip")]
    public void Contrastive_BatchOfPairs_EqualsItsSinglesBitForBit(string name)
    {
        using var model = (ContrastiveModel)Create(name);
        using var graph = new Graph(recording: false);
        int[][] texts = [[4, 9, 30, 39], [8, 39]];
        var all = model.TextEmbeddings(graph, Batch(texts), null).Span.ToArray();
        var seen = model.ImageEmbeddings(graph, [Image(0), Image(1)], null).Span.ToArray();
        var width = all.Length / 2;
        for (var i = 0; i < texts.Length; i++)
        {
            graph.Reset();
            Assert.Equal(all[(i * width)..((i + 1) * width)], model.TextEmbeddings(graph, Batch(texts[i]), null).Span.ToArray());
            Assert.Equal(seen[(i * width)..((i + 1) * width)], model.ImageEmbeddings(graph, [Image(i)], null).Span.ToArray());
        }
    }

    [Theory]
    [InlineData("clip")]
    [InlineData("siglip")]
    public void Contrastive_Gradients_MatchCentralDifferences(string name)
    {
        using var model = (ContrastiveModel)Create(name);
        var texts = Batch([4, 9, 30, 39], [8, 22, 39]);
        CentralDifferences.Check(model, (graph, sites) =>
        {
            var text = model.TextEmbeddings(graph, texts, sites);
            return model.Loss(graph, model.Scores(graph, model.ImageEmbeddings(graph, [Image(0), Image(1)], sites), text, sites));
        });
    }

    /// <summary>OpenAI's files say that the end token is 2, and mean the largest id.</summary>
    [Fact]
    public void Clip_EndTokenTwo_PoolsAtTheLargestId()
    {
        using var right = (ContrastiveModel)Create("clip");
        var configuration = (JsonObject)TinyArchitectures.Images["clip"].DeepClone();
        configuration["text_config"]!["eos_token_id"] = 2;
        using var wrong = (ContrastiveModel)TinyModels.Create(configuration, new TinyModels.RandomWeights(4));
        using var graph = new Graph(recording: false);
        var batch = Batch([4, 2, 39, 1]);
        Assert.Equal(right.TextEmbeddings(graph, batch, null).Span.ToArray(), wrong.TextEmbeddings(graph, batch, null).Span.ToArray());
    }

    [Theory]
    [InlineData("llava")]
    [InlineData("idefics3")]
    public void ImageText_BatchAndCache_EqualSinglesBitForBit(string name)
    {
        using var model = (ImageTextModel)Create(name);
        using var graph = new Graph(recording: false);
        int[][] texts = [Text(model, 5, 9), Text(model, 8)];
        var batch = Batch(texts);
        batch.Images.AddRange([Image(0), Image(1)]);
        var all = model.Forward(graph, batch, null);
        var expected = model.Logits(graph, all, batch, null).Span.ToArray();
        using var feed = new TokenFeed(model, Precision.Exact);
        var row = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            feed.Clear();
            feed.Feed(texts[i].AsSpan(0, texts[i].Length - 1), [Image(i)]);
            row += texts[i].Length;
            Assert.Equal(expected[((row - 1) * model.Vocabulary)..(row * model.Vocabulary)], feed.Feed([texts[i][^1]]).ToArray());
        }
    }

    [Theory]
    [InlineData("llava")]
    [InlineData("idefics3")]
    public void ImageText_Gradients_MatchCentralDifferences(string name)
    {
        using var model = (ImageTextModel)Create(name);
        var text = Text(model, 5, 9, 30);
        var batch = Batch(text);
        batch.Images.Add(Image(2));
        CentralDifferences.Check(model, (graph, sites) => model.Loss(graph, model.Forward(graph, batch, sites), [.. text.Skip(1), -100], batch, sites));
    }

    [Fact]
    public void ImageText_OtherNumberOfImageTokens_IsRefused()
    {
        using var model = (ImageTextModel)Create("llava");
        using var graph = new Graph(recording: false);
        var batch = Batch([4, ImageToken, 5]);
        batch.Images.Add(Image(0));
        var error = Assert.Throws<AttuneException>(() => model.Forward(graph, batch, null));
        Assert.Contains("16 tokens an image", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_ImageOfAnotherSize_IsRefused()
    {
        using var model = (ImageEncoder)Create("vit");
        using var graph = new Graph(recording: false);
        var error = Assert.Throws<AttuneException>(() => model.Forward(graph, model.Batch([new ImagePixels(3, 6, 8, new float[144])]), null));
        Assert.Contains("3 of 8 × 8", error.Message, StringComparison.Ordinal);
        Assert.Throws<AttuneException>(() => new ImagePixels(3, 8, 8, new float[100]));
    }

    [Theory]
    [InlineData("llava", "vision_feature_select_strategy", "some", "some")]
    [InlineData("llava", "vision_feature_layer", -9, "-9")]
    [InlineData("idefics3", "scale_factor", 3, "scale_factor")]
    public void Create_UnknownSetting_IsRefusedByName(string name, string key, object value, string said)
    {
        var configuration = TinyArchitectures.With(TinyArchitectures.Images[name], (key, JsonSerializer.SerializeToNode(value)));
        var error = Assert.ThrowsAny<AttuneException>(() => TinyModels.Create(configuration, new TinyModels.RandomWeights(1)));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UnknownTower_IsRefusedByName()
    {
        var configuration = (JsonObject)TinyArchitectures.Images["llava"].DeepClone();
        configuration["vision_config"]!["model_type"] = "eva_vision_model";
        var error = Assert.ThrowsAny<AttuneException>(() => TinyModels.Create(configuration, new TinyModels.RandomWeights(1)));
        Assert.Contains("eva_vision_model", error.Message, StringComparison.Ordinal);
    }

    private static TransformerModel Create(string name) => TinyModels.Create(TinyArchitectures.Images[name], new TinyModels.RandomWeights(4));

    private static ImagePixels Image(int seed)
    {
        var random = new SeededRandom(100 + (ulong)seed);
        return new ImagePixels(3, 8, 8, Enumerable.Range(0, 192).Select(_ => (float)random.NextNormal()).ToArray());
    }

    private static int[] Text(ImageTextModel model, params int[] behind) => [17, .. Enumerable.Repeat(ImageToken, model.ImageTokens), .. behind];

    private static TokenBatch Batch(params int[][] texts)
    {
        var batch = new TokenBatch();
        foreach (var text in texts)
            batch.Add(text);
        return batch;
    }

    /// <summary>A patch embedding without bias and class token.</summary>
    private sealed class TinySource : IDisposable
    {
        public TinySource()
        {
            var m = new ModuleBuilder(new TinyModels.RandomWeights(6));
            (Weight, Positions) = (m.Vector("weight", 16, 3, 2, 2), m.Vector("positions", 16, 16));
            Embedding = new Attune.Models.Architectures.Blocks.PatchEmbedding(Weight, Positions, 3, 8, 2);
        }

        public VectorModule Weight { get; }

        public VectorModule Positions { get; }

        public Attune.Models.Architectures.Blocks.PatchEmbedding Embedding { get; }

        public void Dispose()
        {
            Weight.Dispose();
            Positions.Dispose();
        }
    }
}

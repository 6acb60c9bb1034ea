using Attune.Models.Architectures.Blocks;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// A language model that sees images: where a text has the image token, the vectors that a vision tower and a connector make of <see cref="TokenBatch.Images"/> stand in place of the
/// token's. Sites reach the language model's blocks and all weights.
/// </summary>
public sealed class ImageTextModel : CausalLanguageModel
{
    private readonly string name;
    private readonly DecoderModel text;
    private readonly VisionTower tower;
    private readonly ImageConnector connector;

    internal ImageTextModel(ModuleBuilder modules, string name, DecoderModel text, VisionTower tower, ImageConnector connector)
        : base(modules) => (this.name, this.text, this.tower, this.connector) = (name, text, tower, connector);

    /// <summary>The token in whose place an image's vectors stand.</summary>
    public required int ImageToken { get; init; }

    /// <summary>Tokens that an image takes in a text.</summary>
    public int ImageTokens => connector.Vectors;

    public override string Architecture => name;
    public override int Layers => text.Layers;
    public override int Hidden => text.Hidden;
    public override int Heads => text.Heads;
    public override int KvHeads => text.KvHeads;
    public override int HeadDim => text.HeadDim;
    public override int Vocabulary => text.Vocabulary;
    public override int ContextLength => text.ContextLength;
    public override AttentionShape Attention => text.Attention;
    public override IReadOnlyList<SiteKind> Sites => text.Sites;

    public override bool KeepsKeys => text.KeepsKeys;

    public override int LengthThatCounts(int length) => text.LengthThatCounts(length);

    public override SequenceCache CreateCache(long limitBytes) => text.CreateCache(limitBytes);

    /// <summary>What stands in place of the image tokens, [images · ImageTokens, Hidden].</summary>
    public Tensor ImageVectors(Graph graph, IReadOnlyList<ImagePixels> images, SiteSet? sites) =>
        connector.Apply(graph, tower.Forward(graph, tower.Batch(images), sites?.OfWeights(tower.Blocks.Count)), sites);

    public override Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites) => Run(graph, batch, sites, []);

    public override Tensor ForwardRows(Graph graph, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows) =>
        rows.IsEmpty || rows.Length == batch.Count || !text.Blocks.CanSelect(sites) ? base.ForwardRows(graph, batch, sites, rows) : Run(graph, batch, sites, rows);

    public override Tensor Logits(Graph graph, Tensor hidden, TokenBatch batch, SiteSet? sites) => text.Logits(graph, hidden, batch, sites);

    public override Tensor Loss(Graph graph, Tensor hidden, ReadOnlySpan<int> targets, TokenBatch batch, SiteSet? sites) => text.Loss(graph, hidden, targets, batch, sites);

    /// <summary>The parts' weights are all in one list, which the language model gives back with its own.</summary>
    public override void Dispose()
    {
        text.Dispose();
        GC.SuppressFinalize(this);
    }

    private Tensor Run(Graph graph, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows)
    {
        var vectors = batch.Images.Count == 0 ? default : ImageVectors(graph, batch.Images, sites);
        var x = Placed(graph, text.Embedding.Apply(graph, batch, sites), vectors, batch);
        x = text.Blocks.Forward(graph, x, batch, sites, rows);
        return text.FinalNorm?.Apply(graph, x, sites) ?? x;
    }

    private Tensor Placed(Graph graph, Tensor x, Tensor vectors, TokenBatch batch)
    {
        var rows = new int[batch.Count];
        var images = 0;
        for (var i = 0; i < rows.Length; i++)
            rows[i] = batch.Ids[i] == ImageToken ? x.Rows + images++ : i;
        if (images != vectors.Rows)
            throw new AttuneException(FormattableString.Invariant($"the texts have {images} image tokens, but {batch.Images.Count} images make {vectors.Rows} vectors; give {ImageTokens} tokens an image"));
        return images == 0 ? x : graph.GatherRows(graph.ConcatRows(x, vectors), rows);
    }
}

using Attune.Models.Architectures.Blocks;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>A model that reads images: <see cref="Batch"/>, then the forward pass over it.</summary>
public sealed class ImageEncoder : TransformerModel
{
    private static readonly SiteKind[] AllSites = [SiteKind.Activations, SiteKind.Weights, SiteKind.Head];

    private readonly string name;
    private readonly VisionTower tower;
    private readonly AttentionShape shape;

    internal ImageEncoder(ModuleBuilder modules, string name, VisionTower tower, AttentionShape shape)
        : base(modules) => (this.name, this.tower, this.shape) = (name, tower, shape);

    /// <summary>One state for each image, as the model's class has it; null: it has none.</summary>
    public HeadModule? Pooler { get; init; }

    /// <summary>Scores of labels; null: the checkpoint has none.</summary>
    public HeadModule? Head { get; init; }

    public override string Architecture => name;
    public override int Layers => tower.Blocks.Count;
    public override int Hidden => tower.Embedding.Width;
    public override int Heads => shape.Heads;
    public override int KvHeads => shape.KvHeads;
    public override int HeadDim => shape.HeadDim;

    /// <summary>0: it reads no tokens.</summary>
    public override int Vocabulary => 0;

    /// <summary>Tokens of an image.</summary>
    public override int ContextLength => tower.Embedding.Tokens;

    public override IReadOnlyList<SiteKind> Sites => AllSites;

    /// <summary>Images as a batch whose sequences are their tokens: the class token where there is one, then the patches row after row.</summary>
    public TokenBatch Batch(IReadOnlyList<ImagePixels> images) => tower.Batch(images);

    /// <inheritdoc/>
    /// <exception cref="AttuneException">The batch is not of images, or one has another size.</exception>
    public override Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites) => tower.Forward(graph, batch, sites);
}

using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>Blocks over the patches of images, of which each sees its own image.</summary>
internal sealed class VisionTower(PatchEmbedding embedding, BlockStack blocks)
{
    public PatchEmbedding Embedding => embedding;

    public BlockStack Blocks => blocks;

    /// <summary>Norm behind the last block; null: none.</summary>
    public NormModule? FinalNorm { get; init; }

    /// <summary>A batch whose sequences are the tokens of images.</summary>
    public TokenBatch Batch(IReadOnlyList<ImagePixels> images)
    {
        var batch = new TokenBatch();
        foreach (var image in images)
        {
            batch.Add(new int[embedding.Tokens]);
            batch.Images.Add(image);
        }
        return batch;
    }

    /// <summary>[images · Tokens, Width] of what <see cref="Batch"/> made.</summary>
    public Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites)
    {
        if (batch.Images.Count == 0 || batch.Count != batch.Images.Count * embedding.Tokens)
            throw new AttuneException(FormattableString.Invariant($"the model sees {embedding.Tokens} tokens an image, but got {batch.Count} for {batch.Images.Count} images; give it a batch of images"));
        var x = blocks.Forward(graph, embedding.Apply(graph, batch.Images, sites), batch, sites);
        return FinalNorm?.Apply(graph, x, sites) ?? x;
    }
}

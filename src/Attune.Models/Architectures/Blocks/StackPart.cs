using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>An encoder or a decoder of a model that has both: embedding, blocks, last norm.</summary>
internal sealed class StackPart(TokenEmbedding? embedding, BlockStack blocks)
{
    public BlockStack Blocks => blocks;

    /// <summary>Norm behind the last block; null: none.</summary>
    public NormModule? FinalNorm { get; init; }

    /// <summary>A bias of every block's attention by distance; null: none.</summary>
    public RelativeBias? Bias { get; init; }

    public Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites) =>
        Forward(graph, (embedding ?? throw new InvalidOperationException("this encoder reads no tokens")).Apply(graph, batch, sites), batch, sites);

    /// <param name="x">What enters the first block.</param>
    public Tensor Forward(Graph graph, Tensor x, TokenBatch batch, SiteSet? sites)
    {
        batch.Bias = Bias?.Of(graph, batch, sites) ?? default;
        x = blocks.Forward(graph, x, batch, sites);
        return FinalNorm?.Apply(graph, x, sites) ?? x;
    }
}

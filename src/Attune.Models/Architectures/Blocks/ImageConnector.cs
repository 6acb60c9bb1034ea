using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>From the states of images' tokens to vectors in place of a text's tokens.</summary>
internal abstract class ImageConnector
{
    /// <summary>Vectors of an image.</summary>
    public abstract int Vectors { get; }

    /// <summary>[images · tokens, vision width] → [images · Vectors, text width].</summary>
    public abstract Tensor Apply(Graph graph, Tensor states, SiteSet? sites);
}

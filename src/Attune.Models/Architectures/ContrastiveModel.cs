using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>
/// Two towers, of texts and of images, whose vectors of length 1 are near where they belong together (Radford et al., "CLIP", 2021). Blocks count those of texts first, then those
/// of images. The forward pass is that of texts.
/// </summary>
public abstract class ContrastiveModel(ModuleBuilder modules) : TransformerModel(modules)
{
    private static readonly SiteKind[] AllSites = [SiteKind.Embeddings, SiteKind.Activations, SiteKind.Weights];

    public override IReadOnlyList<SiteKind> Sites => AllSites;

    /// <summary>A vector of length 1 for each text [sequences, D]; it lives until the graph is reset.</summary>
    public abstract Tensor TextEmbeddings(Graph graph, TokenBatch texts, SiteSet? sites);

    /// <summary>A vector of length 1 for each image [images, D]; it lives until the graph is reset.</summary>
    /// <exception cref="AttuneException">An image has another size than the model sees.</exception>
    public abstract Tensor ImageEmbeddings(Graph graph, IReadOnlyList<ImagePixels> images, SiteSet? sites);

    /// <summary>images · textsᵀ · exp(scale) + bias: [images, D], [texts, D] → [images, texts].</summary>
    public abstract Tensor Scores(Graph graph, Tensor images, Tensor texts, SiteSet? sites);

    /// <summary>
    /// The loss of [n, n] scores of which the diagonal belongs together, [1, 1]: the mean of both directions' cross-entropies; or with a bias the mean over images of
    /// Σ −ln σ(±score), + on the diagonal.
    /// </summary>
    public abstract Tensor Loss(Graph graph, Tensor scores);
}

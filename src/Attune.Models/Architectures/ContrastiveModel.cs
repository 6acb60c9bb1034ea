using Attune.Models.Architectures.Blocks;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// Two towers, of texts and of images, whose vectors of length 1 are near where they belong together (Radford et al., "CLIP", 2021). Blocks count those of texts first, then those
/// of images. The forward pass is that of texts.
/// </summary>
public sealed class ContrastiveModel : TransformerModel
{
    private static readonly SiteKind[] AllSites = [SiteKind.Embeddings, SiteKind.Activations, SiteKind.Weights];

    internal ContrastiveModel(ModuleBuilder modules)
        : base(modules)
    {
    }

    internal required string Name { get; init; }

    internal required TokenEmbedding Embedding { get; init; }

    internal required BlockStack Blocks { get; init; }

    internal required NormModule FinalNorm { get; init; }

    /// <summary>The row of each text whose state stands for it.</summary>
    internal required Func<TokenBatch, int[]> TextRows { get; init; }

    internal required LinearModule TextProjection { get; init; }

    internal required VisionTower Tower { get; init; }

    internal required HeadModule ImagePooling { get; init; }

    /// <summary>null: the pooled state is the vector.</summary>
    internal LinearModule? ImageProjection { get; init; }

    /// <summary>The logarithm of the factor on scores.</summary>
    internal required VectorModule LogitScale { get; init; }

    /// <summary>Added to scores; where there is one, every pair is judged by itself (SigLIP, Zhai et al. 2023).</summary>
    internal VectorModule? LogitBias { get; init; }

    internal required AttentionShape Shape { get; init; }

    internal required int Context { get; init; }

    public override string Architecture => Name;
    public override int Layers => Blocks.Count + Tower.Blocks.Count;
    public override int Hidden => Embedding.Tokens.Columns;
    public override int Heads => Shape.Heads;
    public override int KvHeads => Shape.KvHeads;
    public override int HeadDim => Shape.HeadDim;
    public override int Vocabulary => Embedding.Tokens.Rows;
    public override int ContextLength => Context;
    public override IReadOnlyList<SiteKind> Sites => AllSites;

    public override Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites) =>
        FinalNorm.Apply(graph, Blocks.Forward(graph, Embedding.Apply(graph, batch, sites), batch, sites), sites);

    /// <summary>A vector of length 1 for each text [sequences, D]; it lives until the graph is reset.</summary>
    public Tensor TextEmbeddings(Graph graph, TokenBatch texts, SiteSet? sites)
    {
        var pooled = graph.GatherRows(Forward(graph, texts, sites), TextRows(texts));
        return Kept(graph, graph.L2Normalise(TextProjection.Apply(graph, pooled, sites)));
    }

    /// <summary>A vector of length 1 for each image [images, D]; it lives until the graph is reset.</summary>
    public Tensor ImageEmbeddings(Graph graph, IReadOnlyList<ImagePixels> images, SiteSet? sites)
    {
        var batch = Tower.Batch(images);
        var pooled = ImagePooling.Apply(graph, Tower.Forward(graph, batch, sites), batch, sites);
        return Kept(graph, graph.L2Normalise(ImageProjection?.Apply(graph, pooled, sites) ?? pooled));
    }

    /// <summary>images · textsᵀ · exp(scale) + bias: [images, D], [texts, D] → [images, texts].</summary>
    public Tensor Scores(Graph graph, Tensor images, Tensor texts, SiteSet? sites)
    {
        var scores = graph.Multiply(graph.Product(images, texts), graph.Exp(LogitScale.Apply(graph, sites)));
        return LogitBias is null ? scores : graph.Add(scores, LogitBias.Apply(graph, sites));
    }

    /// <summary>
    /// The loss of [n, n] scores of which the diagonal belongs together, [1, 1]: the mean of both directions' cross-entropies; or with a bias the mean over images of
    /// Σ −ln σ(±score), + on the diagonal.
    /// </summary>
    public Tensor Loss(Graph graph, Tensor scores)
    {
        if (scores.Rows != scores.Columns)
            throw new AttuneException($"the scores are {scores}; the loss needs a text for each image");
        int[] own = [.. Enumerable.Range(0, scores.Rows)];
        if (LogitBias is null)
            return graph.Scale(graph.Add(graph.CrossEntropy(scores, own), graph.CrossEntropy(graph.Transpose(scores), own)), 0.5f);
        var signs = graph.Arena.Matrix(scores.Rows, scores.Columns);
        signs.Span.Fill(-1);
        foreach (var i in own)
            signs[i][i] = 1;
        return graph.Scale(graph.Sum(graph.LogSigmoid(graph.Multiply(scores, signs))), -1f / scores.Rows);
    }

    /// <summary>The numbers where a tower that runs later leaves them; their gradient goes where it went.</summary>
    private static Tensor Kept(Graph graph, Tensor x)
    {
        var kept = graph.Persistent.Matrix(x.Rows, x.Columns);
        x.Span.CopyTo(kept.Span);
        return kept.WithNode(x.Node);
    }
}

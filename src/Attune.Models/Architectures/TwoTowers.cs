using Attune.Models.Architectures.Blocks;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>A tower of blocks over texts and one over images; each architecture has a file of its own that puts them together.</summary>
internal sealed class TwoTowers(ModuleBuilder modules) : ContrastiveModel(modules)
{
    public required string Name { get; init; }

    public required TokenEmbedding Embedding { get; init; }

    public required BlockStack Blocks { get; init; }

    public required NormModule FinalNorm { get; init; }

    /// <summary>The row of each text whose state stands for it.</summary>
    public required Func<TokenBatch, int[]> TextRows { get; init; }

    public required LinearModule TextProjection { get; init; }

    public required VisionTower Tower { get; init; }

    public required HeadModule ImagePooling { get; init; }

    /// <summary>null: the pooled state is the vector.</summary>
    public LinearModule? ImageProjection { get; init; }

    /// <summary>The logarithm of the factor on scores.</summary>
    public required VectorModule LogitScale { get; init; }

    /// <summary>Added to scores; where there is one, every pair is judged by itself (SigLIP, Zhai et al. 2023).</summary>
    public VectorModule? LogitBias { get; init; }

    public required AttentionShape Shape { get; init; }

    public required int Context { get; init; }

    public override string Architecture => Name;
    public override int Layers => Blocks.Count + Tower.Blocks.Count;
    public override int Hidden => Embedding.Tokens.Columns;
    public override int Heads => Shape.Heads;
    public override int KvHeads => Shape.KvHeads;
    public override int HeadDim => Shape.HeadDim;
    public override int Vocabulary => Embedding.Tokens.Rows;
    public override int ContextLength => Context;

    public override Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites) =>
        FinalNorm.Apply(graph, Blocks.Forward(graph, Embedding.Apply(graph, batch, sites), batch, sites), sites);

    public override Tensor TextEmbeddings(Graph graph, TokenBatch texts, SiteSet? sites)
    {
        var pooled = graph.GatherRows(Forward(graph, texts, sites), TextRows(texts));
        return Kept(graph, graph.L2Normalise(TextProjection.Apply(graph, pooled, sites)));
    }

    public override Tensor ImageEmbeddings(Graph graph, IReadOnlyList<ImagePixels> images, SiteSet? sites)
    {
        var batch = Tower.Batch(images);
        var pooled = ImagePooling.Apply(graph, Tower.Forward(graph, batch, sites), batch, sites);
        return Kept(graph, graph.L2Normalise(ImageProjection?.Apply(graph, pooled, sites) ?? pooled));
    }

    public override Tensor Scores(Graph graph, Tensor images, Tensor texts, SiteSet? sites)
    {
        var scores = graph.Multiply(graph.Product(images, texts), graph.Exp(LogitScale.Apply(graph, sites)));
        return LogitBias is null ? scores : graph.Add(scores, LogitBias.Apply(graph, sites));
    }

    public override Tensor Loss(Graph graph, Tensor scores)
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

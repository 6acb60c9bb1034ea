using Attune.Models.Architectures.Blocks;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// A stack of blocks in which every token sees every other of its sequence. What the architectures of encoders differ in is in their blocks; each
/// has a file of its own that puts them together.
/// </summary>
internal sealed class StackedEncoder(ModuleBuilder modules) : EncoderModel(modules)
{
    public required string Name { get; init; }

    public required TokenEmbedding Embedding { get; init; }

    public required BlockStack Blocks { get; init; }

    /// <summary>A bias of every block's attention by distance; null: none.</summary>
    public RelativeBias? Bias { get; init; }

    /// <summary>Norm behind the last block; null: none.</summary>
    public NormModule? FinalNorm { get; init; }

    public required int Width { get; init; }

    public required int Context { get; init; }

    public required AttentionShape Shape { get; init; }

    /// <summary>Given back with the model.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    public override string Architecture => Name;
    public override int Layers => Blocks.Count;
    public override int Hidden => Width;
    public override int Heads => Shape.Heads;
    public override int KvHeads => Shape.KvHeads;
    public override int HeadDim => Shape.HeadDim;
    public override int Vocabulary => Embedding.Tokens.Rows;
    public override int ContextLength => Context;

    public override Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites)
    {
        batch.Bias = Bias?.Of(graph, batch, sites) ?? default;
        var x = Blocks.Forward(graph, Embedding.Apply(graph, batch, sites), batch, sites);
        return FinalNorm?.Apply(graph, x, sites) ?? x;
    }

    public override void Dispose()
    {
        foreach (var owned in Owned)
            owned.Dispose();
        base.Dispose();
    }
}

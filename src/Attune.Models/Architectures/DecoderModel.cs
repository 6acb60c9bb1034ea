using Attune.Models.Architectures.Blocks;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// A stack of blocks between a table of tokens and a head that scores the next one. What the architectures of decoders differ in is in their
/// blocks; each has a file of its own that puts them together.
/// </summary>
internal sealed class DecoderModel(ModuleBuilder modules) : CausalLanguageModel(modules)
{
    /// <summary>What a decoder has where nothing else is said.</summary>
    public static readonly IReadOnlyList<SiteKind> AllSites =
        [SiteKind.Prompt, SiteKind.Embeddings, SiteKind.Positions, SiteKind.KeysValues, SiteKind.Activations, SiteKind.Weights, SiteKind.Logits, SiteKind.Head];

    public required string Name { get; init; }

    public required TokenEmbedding Embedding { get; init; }

    public required BlockStack Blocks { get; init; }

    /// <summary>Norm behind the last block; null: none.</summary>
    public NormModule? FinalNorm { get; init; }

    public required ScoreHead Head { get; init; }

    public required int Width { get; init; }

    public required int Context { get; init; }

    public required AttentionShape Shape { get; init; }

    /// <summary>Floats of what a sequence of a recurrent model carries on, of all blocks together; 0: keys and values are kept instead.</summary>
    public int StateFloats { get; init; }

    /// <summary>Rotary positions; null: none, or what they are does not depend on a sequence's length.</summary>
    public RopeSettings? Rope { get; init; }

    /// <summary>Given back with the model.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    /// <summary>Sites that this architecture has; by default all.</summary>
    public IReadOnlyList<SiteKind> OwnSites { get; init; } = AllSites;

    public override string Architecture => Name;
    public override int Layers => Blocks.Count;
    public override int Hidden => Width;
    public override int Heads => Shape.Heads;
    public override int KvHeads => Shape.KvHeads;
    public override int HeadDim => Shape.HeadDim;
    public override int Vocabulary => Head.Map.Outputs;
    public override int ContextLength => Context;
    public override AttentionShape Attention => Shape;
    public override IReadOnlyList<SiteKind> Sites => OwnSites;

    public override bool KeepsKeys => Rope?.Scaling != RopeScaling.LongRope;

    public override int LengthThatCounts(int length) =>
        Rope is { DependsOnLength: true } && Rope.LengthThatCounts(length) is var counted && counted > Rope.OriginalContext ? counted : 0;

    public override SequenceCache CreateCache(long limitBytes) => StateFloats > 0 ? new StateCache(StateFloats, limitBytes) : base.CreateCache(limitBytes);

    public override Tensor Forward(Graph graph, TokenBatch batch, SiteSet? sites) => Run(graph, batch, sites, []);

    public override Tensor ForwardRows(Graph graph, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows) =>
        rows.IsEmpty || rows.Length == batch.Count || !Blocks.CanSelect(sites) ? base.ForwardRows(graph, batch, sites, rows) : Run(graph, batch, sites, rows);

    public override Tensor Logits(Graph graph, Tensor hidden, TokenBatch batch, SiteSet? sites) => Head.Scores(graph, hidden, batch, sites);

    public override Tensor Loss(Graph graph, Tensor hidden, ReadOnlySpan<int> targets, TokenBatch batch, SiteSet? sites) => Head.IsPlain(sites)
        ? graph.LinearCrossEntropy(Head.Input(graph, hidden, sites), Head.Map.Weight, targets)
        : base.Loss(graph, hidden, targets, batch, sites);

    public override void Dispose()
    {
        foreach (var owned in Owned)
            owned.Dispose();
        base.Dispose();
    }

    private Tensor Run(Graph graph, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows)
    {
        var x = Blocks.Forward(graph, Embedding.Apply(graph, batch, sites), batch, sites, rows);
        return FinalNorm?.Apply(graph, x, sites) ?? x;
    }
}

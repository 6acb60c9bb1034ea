using Attune.Models.Architectures.Blocks;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>Two stacks of blocks, of which the second attends to the first's states. Each architecture has a file of its own that puts the blocks together.</summary>
internal class StackedEncoderDecoder(ModuleBuilder modules) : EncoderDecoderModel(modules)
{
    private static readonly SiteKind[] AllSites =
        [SiteKind.Prompt, SiteKind.Embeddings, SiteKind.Positions, SiteKind.KeysValues, SiteKind.Activations, SiteKind.Weights, SiteKind.Logits, SiteKind.Head];

    public required string Name { get; init; }

    public required StackPart Encoder { get; init; }

    public required StackPart Decoder { get; init; }

    /// <summary>The decoder's attention to the encoder's states, block by block.</summary>
    public required IReadOnlyList<CrossAttention> Crosses { get; init; }

    public required ScoreHead Head { get; init; }

    public required int Width { get; init; }

    public required int SourceContext { get; init; }

    public required int TargetContext { get; init; }

    /// <summary>What the decoder's attention to its own tokens computes; that to the encoder's states has the same heads.</summary>
    public required AttentionShape Shape { get; init; }

    public required int Start { get; init; }

    public IReadOnlyList<SiteKind> OwnSites { get; init; } = AllSites;

    /// <summary>Given back with the model.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    public override string Architecture => Name;
    public override int EncoderLayers => Encoder.Blocks.Count;
    public override int DecoderLayers => Decoder.Blocks.Count;
    public override int Hidden => Width;
    public override int Heads => Shape.Heads;
    public override int KvHeads => Shape.KvHeads;
    public override int HeadDim => Shape.HeadDim;
    public override int Vocabulary => Head.Map.Outputs;
    public override int ContextLength => SourceContext;
    public override int TargetLength => TargetContext;
    public override int StartId => Start;
    public override AttentionShape Attention => Shape;
    public override IReadOnlyList<SiteKind> Sites => OwnSites;

    public override EncodedSource Encode(Graph graph, TokenBatch source, SiteSet? sites)
    {
        source.TakesPrefix = false;
        return Encoded(graph, Encoder.Forward(graph, source, sites), source);
    }

    public override Tensor Decode(Graph graph, TokenBatch target, SiteSet? sites) => Decoder.Forward(graph, target, sites);

    public override void Remember(Graph graph, EncodedSource encoded, IReadOnlyList<CachedSequence> caches, SiteSet? sites)
    {
        for (var i = 0; i < caches.Count; i++)
            caches[i].Reserve(encoded.Parts[i].Length);
        for (var i = 0; i < Crosses.Count; i++)
        {
            graph.BeginLayer();
            var (k, v) = Crosses[i].KeysAndValues(graph, encoded.States, sites);
            graph.Remember(k, v, Shape, encoded.Parts, caches, i);
        }
        for (var i = 0; i < caches.Count; i++)
            caches[i].Advance(encoded.Parts[i].Length);
    }

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

    /// <summary>The states where every block of the decoder finds them, blocks that are computed again too; their gradient goes to the encoder all the same.</summary>
    protected static EncodedSource Encoded(Graph graph, Tensor states, TokenBatch source)
    {
        var kept = graph.Persistent.Matrix(states.Rows, states.Columns);
        states.Span.CopyTo(kept.Span);
        return new EncodedSource(kept.WithNode(states.Node), source);
    }
}

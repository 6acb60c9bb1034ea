using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>One state for each sequence: norm(f(dense(x))) of the first token's state x, or of the mean over tokens.</summary>
public sealed class PoolingHead : HeadModule
{
    private readonly int width;

    internal PoolingHead(LinearModule dense, ActivationKind activation) => (Dense, Activation, width) = (dense, activation, dense.Outputs);

    /// <summary>The state as it is.</summary>
    internal PoolingHead(int width) => this.width = width;

    internal LinearModule? Dense { get; }

    internal ActivationKind Activation { get; }

    /// <summary>Norm behind the activation; null: none.</summary>
    internal NormModule? Norm { get; init; }

    /// <summary>The mean over tokens instead of the first one's state.</summary>
    internal bool IsMean { get; init; }

    public override int Outputs => width;

    public override bool IsOfTokens => false;

    public override Tensor Apply(Graph graph, Tensor states, TokenBatch batch, SiteSet? sites)
    {
        var x = IsMean ? graph.MeanPool(states, batch.Lengths()) : graph.GatherRows(states, [.. batch.Segments.Select(s => s.Start)]);
        if (Dense is not null)
            x = graph.Activate(Dense.Apply(graph, x, sites), Activation);
        return Norm?.Apply(graph, x, sites) ?? x;
    }
}

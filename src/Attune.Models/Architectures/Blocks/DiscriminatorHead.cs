using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A score for each token, above 0 where it seems replaced: score(f(dense(x))) (Clark et al., "ELECTRA", 2020).</summary>
public sealed class DiscriminatorHead : HeadModule
{
    private readonly LinearModule dense, score;
    private readonly ActivationKind activation;

    internal DiscriminatorHead(LinearModule dense, ActivationKind activation, LinearModule score) => (this.dense, this.activation, this.score) = (dense, activation, score);

    public override int Outputs => 1;

    public override bool IsOfTokens => true;

    public override Tensor Apply(Graph graph, Tensor states, TokenBatch batch, SiteSet? sites) =>
        score.Apply(graph, graph.Activate(dense.Apply(graph, states, sites), activation), sites);

    /// <summary>The mean of −ln σ(±score), + where the target is 1 and − where it is 0; other targets do not count.</summary>
    public override Tensor Loss(Graph graph, Tensor states, ReadOnlySpan<int> targets, TokenBatch batch, SiteSet? sites)
    {
        var rows = new List<int>();
        for (var i = 0; i < targets.Length; i++)
            if (targets[i] is 0 or 1)
                rows.Add(i);
        var signs = graph.Arena.Matrix(rows.Count, 1);
        for (var i = 0; i < rows.Count; i++)
            signs[i][0] = 2 * targets[rows[i]] - 1;
        var scores = graph.GatherRows(Apply(graph, states, batch, sites), rows.ToArray());
        return graph.Scale(graph.Mean(graph.LogSigmoid(graph.Multiply(scores, signs))), -1);
    }
}

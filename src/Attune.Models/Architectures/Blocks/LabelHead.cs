using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>Scores of labels: for each sequence, from its pooled state, or for each token.</summary>
public sealed class LabelHead : HeadModule
{
    private readonly HeadModule? pooling;
    private readonly LinearModule scores;

    internal LabelHead(HeadModule? pooling, LinearModule scores) => (this.pooling, this.scores) = (pooling, scores);

    /// <summary>Names of the labels, where the configuration has them; otherwise empty.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public override int Outputs => scores.Outputs;

    public override bool IsOfTokens => pooling is null;

    public override Tensor Apply(Graph graph, Tensor states, TokenBatch batch, SiteSet? sites) =>
        scores.Apply(graph, pooling?.Apply(graph, states, batch, sites) ?? states, sites);
}

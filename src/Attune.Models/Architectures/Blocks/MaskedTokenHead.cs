using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>Scores over the vocabulary for each token, decoder(norm(f(dense(x)))) (Devlin et al. 2019, section 3.1); the decoder shares the embeddings' table as a rule.</summary>
public sealed class MaskedTokenHead : HeadModule
{
    private readonly LinearModule dense, decoder;
    private readonly ActivationKind activation;
    private readonly NormModule norm;

    internal MaskedTokenHead(LinearModule dense, ActivationKind activation, NormModule norm, LinearModule decoder) =>
        (this.dense, this.activation, this.norm, this.decoder) = (dense, activation, norm, decoder);

    public override int Outputs => decoder.Outputs;

    public override bool IsOfTokens => true;

    public override Tensor Apply(Graph graph, Tensor states, TokenBatch batch, SiteSet? sites) =>
        decoder.Apply(graph, norm.Apply(graph, graph.Activate(dense.Apply(graph, states, sites), activation), sites), sites);
}

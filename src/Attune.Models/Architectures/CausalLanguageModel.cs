using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>A model that predicts the next token.</summary>
public abstract class CausalLanguageModel : TransformerModel
{
    /// <summary>What attention computes in every layer; the cache is laid out by it.</summary>
    public abstract AttentionShape Attention { get; }

    /// <summary>Scores over the vocabulary for rows of hidden states: [M, Vocabulary].</summary>
    public abstract Tensor Logits(Graph graph, Tensor hidden, TokenBatch batch, SiteSet? sites);

    /// <summary>
    /// Mean cross-entropy of <paramref name="targets"/> under the scores of rows of hidden states, [1, 1]; rows whose target is
    /// <see cref="CrossEntropyOperation.Ignore"/> do not count. Where nothing hangs on the head, scores exist for some rows at a time only.
    /// </summary>
    public virtual Tensor Loss(Graph graph, Tensor hidden, ReadOnlySpan<int> targets, TokenBatch batch, SiteSet? sites) =>
        graph.CrossEntropy(Logits(graph, hidden, batch, sites), targets);
}

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
}

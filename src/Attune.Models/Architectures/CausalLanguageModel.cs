using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures;

/// <summary>A model that predicts the next token.</summary>
public abstract class CausalLanguageModel : TransformerModel
{
    /// <summary>Shape of what a layer's keys and values need in the cache; the same for every layer.</summary>
    public int KeyValueWidth => KvHeads * HeadDim;

    /// <summary>Scores over the vocabulary for rows of hidden states: [M, Vocabulary].</summary>
    public abstract Tensor Logits(Graph graph, Tensor hidden, TokenBatch batch, SiteSet? sites);
}

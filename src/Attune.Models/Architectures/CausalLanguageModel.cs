using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>A model that predicts the next token.</summary>
public abstract class CausalLanguageModel(ModuleBuilder modules) : TransformerModel(modules)
{
    /// <summary>Blocks that keep keys and values.</summary>
    public virtual int CacheLayers => Layers;

    /// <summary>What attention computes in every layer; the cache is laid out by it.</summary>
    public abstract AttentionShape Attention { get; }

    /// <summary>A number that all lengths of a sequence have in common at which its keys are computed alike; 0 where they do not depend on the length.</summary>
    public virtual int LengthThatCounts(int length) => 0;

    /// <summary>
    /// Whether cached keys stay as they are when their sequence grows to a length that counts differently (dynamic NTK). Otherwise (LongRoPE) they become invalid
    /// there, and are computed again, as transformers does while it generates.
    /// </summary>
    public virtual bool KeepsKeys => true;

    /// <summary>A cache of the sequences that this model computes.</summary>
    /// <param name="limitBytes">Most memory of it.</param>
    public virtual SequenceCache CreateCache(long limitBytes) => PrefixTree.Create(new KvLayout(CacheLayers, Attention), limitBytes);

    /// <summary>
    /// Some rows of what <see cref="TransformerModel.Forward"/> computes, [rows.Length, Hidden], with the same bits (gradients too, where rows ascend). A model may leave out what only other
    /// rows need; all keys and values are appended to the caches nevertheless.
    /// </summary>
    public virtual Tensor ForwardRows(Graph graph, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows) =>
        graph.GatherRows(Forward(graph, batch, sites), rows);

    /// <summary>Scores over the vocabulary for rows of hidden states: [M, Vocabulary].</summary>
    public abstract Tensor Logits(Graph graph, Tensor hidden, TokenBatch batch, SiteSet? sites);

    /// <summary>
    /// Mean cross-entropy of <paramref name="targets"/> under the scores of rows of hidden states, [1, 1]; rows whose target is
    /// <see cref="CrossEntropyOperation.Ignore"/> do not count. Where nothing hangs on the head, scores exist for some rows at a time only.
    /// </summary>
    public virtual Tensor Loss(Graph graph, Tensor hidden, ReadOnlySpan<int> targets, TokenBatch batch, SiteSet? sites) =>
        graph.CrossEntropy(Logits(graph, hidden, batch, sites), targets);
}

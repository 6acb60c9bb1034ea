using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>What a model makes of its last states: a state for a whole sequence, or scores of labels or tokens. One class a kind of head.</summary>
public abstract class HeadModule
{
    /// <summary>Columns of the result.</summary>
    public abstract int Outputs { get; }

    /// <summary>Whether the result has a row for each row of states; otherwise one for each of the batch's sequences.</summary>
    public abstract bool IsOfTokens { get; }

    /// <summary>[M, Hidden] → [M, Outputs], or [sequences, Outputs].</summary>
    /// <param name="states">What the model's forward pass computed of the batch; a head of tokens takes any rows of it.</param>
    /// <param name="batch">Says where sequences begin and end.</param>
    public abstract Tensor Apply(Graph graph, Tensor states, TokenBatch batch, SiteSet? sites);

    /// <summary>The loss with which such heads are trained, [1, 1]: the mean cross-entropy over the rows whose target is not <see cref="CrossEntropyOperation.Ignore"/>.</summary>
    /// <param name="targets">One for each row of the result.</param>
    public virtual Tensor Loss(Graph graph, Tensor states, ReadOnlySpan<int> targets, TokenBatch batch, SiteSet? sites) =>
        graph.CrossEntropy(Apply(graph, states, batch, sites), targets);
}

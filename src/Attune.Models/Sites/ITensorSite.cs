using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>
/// An intervention on a value of the forward pass: embeddings, an activation, or logits. It must treat each row by that row
/// (and its position) alone, so that a result does not depend on the batch. At the logits the rows are those whose scores are wanted,
/// which the batch does not list: an intervention there sees scores only.
/// </summary>
public interface ITensorSite
{
    /// <summary>The value to go on with. May record on the graph's tape; must not change <paramref name="value"/> in place.</summary>
    Tensor Apply(Graph graph, Tensor value, TokenBatch batch);
}

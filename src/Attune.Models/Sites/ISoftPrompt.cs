using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>
/// Vectors that stand before every sequence in the place of token embeddings, as prompt tuning has them. The prompt's own tokens then stand at positions
/// Length, Length + 1, …
/// </summary>
public interface ISoftPrompt
{
    /// <summary>Virtual tokens.</summary>
    int Length { get; }

    /// <summary>Their vectors [Length, Hidden] for sequences of a task.</summary>
    /// <param name="task">What the segment says; 0 where nothing was said.</param>
    Tensor Rows(Graph graph, int task);
}

using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.InductionHeads;

/// <summary>A net that names the label of a sequence's last item.</summary>
public interface IInductionNet : IDisposable
{
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Logits of the labels: [Count, L].</summary>
    /// <param name="measures">Where given, the attention of these sequences is added to it.</param>
    Tensor Logits(Graph graph, BurstBatch batch, HeadMeasures? measures = null);
}

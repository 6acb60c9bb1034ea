using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>A net that reads examples one after another and says each one's label before it is told.</summary>
internal interface IExampleLearner : IDisposable
{
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Numbers through which earlier examples can reach the last position: keys and values of all layers and visible positions, or the hidden and cell state.</summary>
    int StateSize { get; }

    /// <summary>[count·length, columns] → [count·length, classes], sequence after sequence.</summary>
    Tensor Logits(Graph graph, TaskSequences sequences);
}

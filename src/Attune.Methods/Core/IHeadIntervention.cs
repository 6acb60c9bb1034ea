using Attune.Data;

namespace Attune.Methods;

/// <summary>Site head: predicts label probabilities by itself, from an encoder's embeddings, hidden states, or nothing.</summary>
public interface IHeadIntervention
{
    /// <summary>Probabilities [row][label].</summary>
    IReadOnlyList<double[]> Predict(IReadOnlyList<Input> inputs, PredictionTools tools);
}

using Attune.Data;

namespace Attune.Methods;

/// <summary>Site logits, at the level of labels: changes a row's label scores (natural logarithms) before the softmax.</summary>
public interface IScoreIntervention
{
    /// <summary>Changes scores[row][label] in place; predictor gives the means to score content-free inputs.</summary>
    void Apply(IReadOnlyList<double[]> scores, IReadOnlyList<Input> inputs);
}

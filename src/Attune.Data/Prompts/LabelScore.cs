namespace Attune.Data;

/// <summary>How the log-probabilities of a label's tokens become its score.</summary>
public enum LabelScore
{
    /// <summary>Σ log p(token): the log-probability of the whole label.</summary>
    Sum,

    /// <summary>The sum divided by the number of tokens.</summary>
    MeanPerToken,

    /// <summary>The first token's alone.</summary>
    FirstToken,

    /// <summary>Sum minus the sum after the content-free input: pointwise mutual information (Holtzman et al. 2021, equation 2).</summary>
    Pmi,
}

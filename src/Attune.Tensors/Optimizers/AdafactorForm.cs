namespace Attune.Tensors.Optimizers;

/// <summary>Which of the two rules in use <see cref="Adafactor"/> follows: they differ in where ε stands and in what the rate is multiplied by.</summary>
public enum AdafactorForm
{
    /// <summary>PyTorch's: the rate is at most 1/√t, and is multiplied by the parameter's size; ε is a floor of the estimate.</summary>
    Floored,

    /// <summary>That of transformers and fairseq: ε is added to the squares; the rate may be relative to the step, and scaled by the parameter's size.</summary>
    Added,
}

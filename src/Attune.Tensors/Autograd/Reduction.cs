namespace Attune.Tensors.Autograd;

/// <summary>What becomes of the losses of single rows or elements.</summary>
public enum Reduction
{
    Mean,
    Sum,

    /// <summary>One value for each row.</summary>
    None,
}

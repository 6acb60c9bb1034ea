namespace Attune.Tensors.Autograd;

/// <summary>How a cross-entropy counts rows and classes.</summary>
public sealed record CrossEntropyOptions
{
    public static CrossEntropyOptions Default { get; } = new();

    /// <summary>A label that does not count.</summary>
    public int IgnoreIndex { get; init; } = CrossEntropyOperation.Ignore;

    /// <summary>The mean divides by the number of rows that count or, with class weights, by the sum of their labels' weights.</summary>
    public Reduction Reduction { get; init; }

    /// <summary>ε of the target (1 − ε)·onehot + ε/V (Szegedy et al. 2016), spread over all classes, the right one included; in [0, 1].</summary>
    public float LabelSmoothing { get; init; }
}

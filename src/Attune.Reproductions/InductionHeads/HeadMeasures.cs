namespace Attune.Reproductions.InductionHeads;

/// <summary>How far attention has become an induction head, gathered over sequences.</summary>
public sealed class HeadMeasures
{
    private double previous, toLabels, toCorrect;
    private int sequences;

    /// <summary>ILA1: attention, in layer 1, of label tokens to the item before them.</summary>
    public double PreviousItem => previous / sequences;

    /// <summary>TLA2: attention, in layer 2, of the target to label tokens.</summary>
    public double TargetToLabels => toLabels / sequences;

    /// <summary>TILA2: attention, in layer 2, of the target to labels of items of its own class.</summary>
    public double TargetToCorrect => toCorrect / sequences;

    /// <param name="previousItem">ILA1 of this sequence.</param>
    /// <param name="target">Layer 2's attention of the target to all tokens: [2N + 1].</param>
    /// <param name="isCorrect">For each item, whether it is of the target's class: [N].</param>
    public void Add(double previousItem, ReadOnlySpan<float> target, ReadOnlySpan<bool> isCorrect)
    {
        previous += previousItem;
        for (var i = 0; i < isCorrect.Length; i++)
        {
            toLabels += target[2 * i + 1];
            toCorrect += isCorrect[i] ? target[2 * i + 1] : 0;
        }
        sequences++;
    }
}

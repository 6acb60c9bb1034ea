namespace Attune.Training.Pretraining;

/// <summary>A source of a mixture.</summary>
/// <param name="Weight">Its share of the tokens, relative to the other sources at work.</param>
/// <param name="From">Share of the steps from which it is read.</param>
/// <param name="Until">Share of the steps up to which it is read.</param>
public sealed record MixturePart(IDocumentSource Source, double Weight, double From = 0, double Until = 1)
{
    /// <summary>Whether it is read in a step.</summary>
    /// <param name="done">Share of the steps that are behind.</param>
    public bool IsAtWork(double done) => Weight > 0 && done >= From && done < Until;
}

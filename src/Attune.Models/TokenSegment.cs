namespace Attune.Models;

/// <summary>Rows [Start, Start + Length) of a batch: new tokens of one sequence behind <paramref name="Past"/> cached ones.</summary>
/// <param name="Start">First row.</param>
/// <param name="Length">Tokens.</param>
/// <param name="Past">Positions before them.</param>
/// <param name="Cache">Null: nothing is cached.</param>
/// <param name="Prompt">How many of the tokens are what an encoder reads, where the model has one; 0: all of them.</param>
/// <param name="Whole">The length by which rotary frequencies count, where it is not that of what stands in the batch; 0: it is.</param>
public readonly record struct TokenSegment(int Start, int Length, int Past, Generation.CachedSequence? Cache, int Prompt = 0, int Whole = 0)
{
    /// <summary>Number of the sequence's task, for interventions that know several.</summary>
    public int Task { get; init; }
}

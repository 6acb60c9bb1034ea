namespace Attune.Models;

/// <summary>Rows [Start, Start + Length) of a batch: new tokens of one sequence behind <paramref name="Past"/> cached ones.</summary>
public readonly record struct TokenSegment(int Start, int Length, int Past, Generation.CachedSequence? Cache);

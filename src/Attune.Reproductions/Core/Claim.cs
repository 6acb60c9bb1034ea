namespace Attune.Reproductions;

/// <summary>A sentence of the paper that a run can find held or not held.</summary>
/// <param name="Key">Its name in code and results: "depth".</param>
/// <param name="Sentence">What is claimed.</param>
/// <param name="Threshold">What must be measured for it to be held, fixed before the runs.</param>
public sealed record Claim(string Key, string Sentence, string Threshold)
{
    /// <summary>True where a computation shows it and no chance is in it (an identity, a construction by hand); any other claim is not testable with fewer than <see cref="Measured.FewestSeeds"/> seeds.</summary>
    public bool IsComputed { get; init; }
}

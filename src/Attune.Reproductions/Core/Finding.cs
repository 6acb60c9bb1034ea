namespace Attune.Reproductions;

/// <summary>What a run says of a claim, with what it measured.</summary>
/// <param name="Because">What the values say, or why they cannot be had.</param>
public sealed record Finding(Claim Claim, Verdict Verdict, string Because, IReadOnlyList<Measured> Values);

namespace Attune.Models.Generation;

/// <summary>For each continuation the natural log-probability of each of its tokens, given all before it.</summary>
public sealed record ScoreResult(double[][] TokenLogProbabilities);

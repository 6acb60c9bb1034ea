namespace Attune.Models.Generation;

/// <summary>A prompt and the continuations whose likelihood behind it is wanted, in tokens.</summary>
public sealed record ScoreRequest(int[] Prompt, IReadOnlyList<int[]> Continuations);

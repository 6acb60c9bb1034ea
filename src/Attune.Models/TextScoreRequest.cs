namespace Attune.Models;

/// <summary>A prompt and the continuations whose likelihood behind it is wanted, as texts.</summary>
public sealed record TextScoreRequest(string Prompt, IReadOnlyList<string> Continuations);

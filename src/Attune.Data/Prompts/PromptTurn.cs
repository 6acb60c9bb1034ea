namespace Attune.Data;

/// <summary>A turn of a chat; the role is "system", "user" or "assistant".</summary>
public sealed record PromptTurn(string Role, string Content);

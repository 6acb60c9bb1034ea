namespace Attune.Models.ChatTemplates;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">system, user, assistant, or what else the template knows.</param>
/// <param name="Content">What was said.</param>
public sealed record ChatMessage(string Role, string Content);

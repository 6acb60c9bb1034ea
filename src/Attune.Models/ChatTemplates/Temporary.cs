namespace Attune.Models.ChatTemplates;
public sealed record ChatMessage(string Role, string Content);
public sealed record ChatVariables(string Bos, string Eos);
public sealed class ChatTemplate { public static ChatTemplate Parse(string s) => new(); public string Render(IReadOnlyList<ChatMessage> m, bool addGenerationPrompt, ChatVariables v) => ""; }

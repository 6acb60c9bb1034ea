using Attune.Models.ChatTemplates;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Saving;
using Attune.Tensors;

namespace Attune.Models.Verification;

/// <summary>What a model's chat template makes of a short conversation.</summary>
public static class ChatExample
{
    /// <summary>The template's text; null where the model has none.</summary>
    public static string? TemplateOf(string path)
    {
        if (Directory.Exists(path))
            return FolderChatTemplate.TextOf(path);
        using var file = GgufFile.Open(path);
        return file.Metadata.FindText("tokenizer.chat_template");
    }

    /// <summary>"Hello" asked by a user, with the opening of the answer; null where the model has no template.</summary>
    /// <exception cref="AttuneException">The template is wrong, or the tokenizer cannot be read.</exception>
    public static string? Of(string path)
    {
        if (TemplateOf(path) is not { } text)
            return null;
        var tokenizer = TokenizerLoader.Load(path);
        string Token(int? id) => id is { } i ? tokenizer.Decode([i], skipSpecial: false) : "";
        return ChatTemplate.Parse(text).Render([new ChatMessage("user", "Hello")], addGenerationPrompt: true, new ChatTemplateVariables { BeginToken = Token(tokenizer.BeginId), EndToken = Token(tokenizer.EndId) });
    }
}

using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Models.Loading;

/// <summary>The chat template that a folder in Hugging Face layout holds.</summary>
internal static class FolderChatTemplate
{
    private const string Default = "default";

    /// <summary>chat_template.jinja, else chat_template of tokenizer_config.json: a text, or of a list of named ones the one named "default"; null where there is none.</summary>
    /// <exception cref="ModelFileException">There are named templates and none of them is the default.</exception>
    public static string? TextOf(string folder)
    {
        var jinja = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(jinja))
            return File.ReadAllText(jinja);
        var settings = Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(settings) || JsonFile.Read(settings) is not { ValueKind: JsonValueKind.Object } json || !json.TryGetProperty("chat_template", out var template))
            return null;
        return template.ValueKind switch
        {
            JsonValueKind.String => template.GetString(),
            JsonValueKind.Array when template.GetArrayLength() > 0 => Named(template, settings),
            _ => null,
        };
    }

    private static string Named(JsonElement list, string path)
    {
        var all = list.EnumerateArray().Select(t => (Name: Text(t, "name"), Template: Text(t, "template"))).ToList();
        return all.FirstOrDefault(t => t.Name == Default).Template
            ?? throw new ModelFileException($"'{path}' has the chat templates {string.Join(", ", all.Select(t => $"'{t.Name ?? "?"}'"))} and none named '{Default}'; name one of them so, or put it into chat_template.jinja");
    }

    private static string? Text(JsonElement entry, string key) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System.Text.Json;

namespace Attune.Models.Tokenizers;

/// <summary>Reads the roles of tokens (bos_token, eos_token, …) from tokenizer_config.json and special_tokens_map.json.</summary>
internal static class SpecialTokensJson
{
    public static SpecialTokens Read(string folder, Func<string, int?> idOf)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in new[] { "tokenizer_config.json", "special_tokens_map.json" })
        {
            var path = Path.Combine(folder, file);
            if (!File.Exists(path))
                continue;
            using var document = JsonFields.Parse(File.ReadAllBytes(path), $"'{path}'");
            foreach (var (name, value) in document.RootElement.Properties(file))
                if (name.EndsWith("_token", StringComparison.Ordinal) && Content(name, value) is { } content)
                    names.TryAdd(name, content);
        }
        return new SpecialTokens
        {
            Begin = Id("bos_token"),
            End = Id("eos_token"),
            Pad = Id("pad_token"),
            Unknown = Id("unk_token"),
            Mask = Id("mask_token"),
            Separator = Id("sep_token"),
            Class = Id("cls_token"),
        };

        int? Id(string role) => names.TryGetValue(role, out var token) ? idOf(token) : null;
    }

    // A token is its text, or an object around it. add_bos_token and its like are flags.
    private static string? Content(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.Text(name),
        JsonValueKind.Object => value.OptionalText("content"),
        _ => null,
    };
}

using System.Text.Json;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Reads the added_tokens of a tokenizer.json and checks them against the vocabulary.</summary>
internal static class AddedTokensJson
{
    private const int LongestContent = 1024;

    public static List<AddedToken> Read(JsonElement? element, Vocabulary vocabulary, List<string> warnings)
    {
        var result = new List<AddedToken>();
        if (element is not { } list)
            return result;
        var taken = new HashSet<int>();
        foreach (var item in list.Items("added_tokens"))
        {
            var content = item.RequiredText("content");
            var id = item.Required("id").Id("id");
            if (content.Length == 0)
            {
                warnings.Add($"The added token with id {id} has no content; it is left out.");
                continue;
            }
            if (content.Length > LongestContent)
                throw new AttuneException($"The added token with id {id} has {content.Length} characters, but at most {LongestContent} are allowed; mend the tokenizer's file.");
            if (vocabulary[id] is { } other && other != content)
                throw new AttuneException($"The added token '{content}' has id {id}, which is that of '{other}' in the vocabulary; mend the tokenizer's file.");
            if (!taken.Add(id))
                throw new AttuneException($"Two added tokens have the id {id}; mend the tokenizer's file.");
            result.Add(Token(item, id, content));
        }
        return result;
    }

    private static AddedToken Token(JsonElement item, int id, string content) => new(id, content)
    {
        Special = item.Flag("special") ?? false,
        SingleWord = item.Flag("single_word") ?? false,
        StripsLeft = item.Flag("lstrip") ?? false,
        StripsRight = item.Flag("rstrip") ?? false,
        Normalized = item.Flag("normalized") ?? false,
    };
}

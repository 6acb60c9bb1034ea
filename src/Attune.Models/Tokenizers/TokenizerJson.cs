using System.Text.Json;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Loads tokenizer.json, the format of Hugging Face's tokenizers library.</summary>
public static class TokenizerJson
{
    /// <summary>
    /// The tokenizer of a file; the roles of its tokens come from tokenizer_config.json and special_tokens_map.json beside it. Truncation
    /// and padding that the file asks for are told, and left to the caller. Errors: a file that is missing or malformed, and any component that
    /// is not known, by its name.
    /// </summary>
    public static ITokenizer Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}); give the path of a tokenizer.json.", inner: e);
        }
        return Parse(bytes, Path.GetDirectoryName(Path.GetFullPath(path))!, $"'{path}'");
    }

    /// <summary>The tokenizer of a file's content.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <param name="folder">Where tokenizer_config.json may lie, or null.</param>
    /// <param name="name">What errors call the content.</param>
    public static ITokenizer Parse(ReadOnlyMemory<byte> utf8, string? folder = null, string name = "The tokenizer's file")
    {
        using var document = JsonFields.Parse(utf8, name);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new AttuneException($"{name} holds no JSON object, but a tokenizer is one; give a tokenizer.json.");
        var warnings = new List<string>();
        var model = ModelJson.Read(root.Required("model"), warnings);
        var added = AddedTokensJson.Read(root.Field("added_tokens"), model.Vocabulary, warnings);
        var parts = new TokenizerParts(model)
        {
            Added = added,
            Normalizer = NormalizerJson.Read(root.Field("normalizer")),
            PreTokenizer = PreTokenizerJson.Read(root.Field("pre_tokenizer")),
            PostProcessor = PostProcessorJson.Read(root.Field("post_processor")),
            Decoder = DecoderJson.Read(root.Field("decoder")),
            Truncation = LengthJson.Truncation(root.Field("truncation")),
            Padding = LengthJson.Padding(root.Field("padding")),
            Warnings = warnings,
        };
        Check(parts, warnings);
        var tokenizer = new Tokenizer(parts);
        return folder is null ? tokenizer : new Tokenizer(parts with { Special = SpecialTokensJson.Read(folder, tokenizer.IdOf) });
    }

    private static void Check(TokenizerParts parts, List<string> warnings)
    {
        var size = Math.Max(parts.Model.Vocabulary.Size, parts.Added.Count == 0 ? 0 : parts.Added.Max(t => t.Id) + 1);
        foreach (var item in parts.PostProcessor.Single.Concat(parts.PostProcessor.Pair))
            if (item.Id >= size)
                throw new AttuneException($"The post_processor adds the token id {item.Id}, but the vocabulary ends at {size - 1}; mend the tokenizer's file.");
        if (parts.Model.UnknownId is null && parts.Model is WordLevelModel)
            warnings.Add("The unknown token is not in the vocabulary: text with other words cannot be encoded.");
    }
}

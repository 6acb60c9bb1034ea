using System.Text.Json.Nodes;
using Attune.Models.Tokenizers;

namespace Attune.Models.Saving;

/// <summary>The ways of cutting words that GGUF files name, as the pre_tokenizer of a tokenizer.json.</summary>
internal sealed record WordCutting(bool IgnoreMerges, bool DigitsApart, string? Pattern)
{
    /// <summary>The way of a name; null where it is not written.</summary>
    public static WordCutting? Of(string pre) => pre switch
    {
        "gpt-2" or "gpt2" or "phi-2" or "roberta-bpe" or "jina-es" or "jina-de" or "jina-v1-en" or "mpt" or "olmo" or "default" => new(false, false, null),
        "smollm" or "starcoder" or "refact" or "command-r" or "codeshell" or "exaone" or "minerva-7b" => new(false, true, null),
        "llama3" or "llama-v3" or "llama-bpe" or "falcon3" => new(true, false, SplitPatterns.Llama3),
        "dbrx" or "smaug-bpe" => new(false, false, SplitPatterns.Llama3),
        "qwen2" or "stablelm2" or "deepseek-r1-qwen" or "megrez" => new(false, false, SplitPatterns.Qwen2),
        _ => null,
    };

    public JsonObject PreTokenizer()
    {
        var bytes = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = Pattern is null };
        if (Pattern is null && !DigitsApart)
            return bytes;
        JsonObject first = Pattern is null
            ? new() { ["type"] = "Digits", ["individual_digits"] = true }
            : new() { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = Pattern }, ["behavior"] = "Isolated", ["invert"] = false };
        return new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(first, bytes) };
    }
}

using System.Text.Json.Nodes;
using Attune.Models.Tokenizers;

namespace Attune.Models.Saving;

/// <summary>The ways of cutting words that GGUF files name, as parts of a tokenizer.json.</summary>
internal static class WordCutting
{
    /// <summary>The normalizer, the pre_tokenizer, and whether a word that is a token is taken whole; null where the way is not written so.</summary>
    public static (JsonObject? Normalizer, JsonObject PreTokenizer, bool IgnoreMerges)? Of(string name)
    {
        var way = GgufPreTokenizers.All.FirstOrDefault(p => p.Names.Contains(name, StringComparer.Ordinal));
        if (way is not { ByteLevel: true, Digits: null } || way.Normalizer is not (null or FormNormalizer))
            return null;
        var parts = way.Steps.Select(s => (JsonNode)new JsonObject
        {
            ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = s }, ["behavior"] = "Isolated", ["invert"] = false,
        });
        JsonNode bytes = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false };
        // What is composed there is composed in this form in every file that has it; the trial afterwards would show another.
        var normalizer = way.Normalizer is null ? null : new JsonObject { ["type"] = "NFC" };
        return (normalizer, new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray([.. parts, bytes]) }, way.IgnoreMerges);
    }
}

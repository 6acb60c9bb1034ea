using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Models;

/// <summary>How a sentence encoder pools, as sentence-transformers writes it: modules.json, 1_Pooling/config.json, sentence_bert_config.json.</summary>
/// <param name="MaxTokens">Longest input in tokens, [CLS] and [SEP] included; what is longer is cut and counted.</param>
/// <param name="PoolFirstToken">The state of [CLS] rather than the mean over tokens.</param>
/// <param name="Normalise">Whether embeddings are scaled to length 1.</param>
public sealed record SentenceSettings(int MaxTokens, bool PoolFirstToken, bool Normalise)
{
    internal static SentenceSettings Read(string folder)
    {
        var maximum = 512;
        if (Json(folder, "sentence_bert_config.json") is { ValueKind: JsonValueKind.Object } s && s.TryGetProperty("max_seq_length", out var m) && m.ValueKind == JsonValueKind.Number && (!m.TryGetInt32(out maximum) || maximum < 1))
            throw new ModelFileException($"'{folder}' has a max_seq_length in sentence_bert_config.json that is no number of tokens; mend it");
        var first = false;
        if (Json(folder, Path.Combine("1_Pooling", "config.json")) is { ValueKind: JsonValueKind.Object } pooling)
        {
            var modes = pooling.EnumerateObject().Where(p => p.Name.StartsWith("pooling_mode_", StringComparison.Ordinal) && p.Value.ValueKind == JsonValueKind.True).Select(p => p.Name).ToArray();
            if (modes is not ["pooling_mode_cls_token"] and not ["pooling_mode_mean_tokens"])
                throw new ModelFileException($"'{folder}' pools in a way that is not known; known are the mean over tokens and [CLS]");
            first = modes[0] == "pooling_mode_cls_token";
        }
        return new SentenceSettings(maximum, first, Modules(folder));
    }

    /// <summary>Whether embeddings are normalised; other modules than encoder, pooling and normalising are refused.</summary>
    private static bool Modules(string folder)
    {
        if (Json(folder, "modules.json") is not { ValueKind: JsonValueKind.Array } modules)
            return true;
        var kinds = modules.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Object && e.TryGetProperty("type", out var t) && t.ValueKind == JsonValueKind.String ? t.GetString()!.Split('.')[^1] : "").ToArray();
        if (kinds.FirstOrDefault(k => k is not ("Transformer" or "Pooling" or "Normalize")) is { } unknown)
            throw new ModelFileException($"'{folder}' has the module '{unknown}', which is not known; known are Transformer, Pooling and Normalize");
        return kinds.Contains("Normalize");
    }

    private static JsonElement? Json(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? JsonFile.Read(path) : null;
    }
}

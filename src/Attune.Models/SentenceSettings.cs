using System.Text.Json;
using Attune.Models.Files;
using Attune.Models.Hub;

namespace Attune.Models;

/// <summary>How a sentence encoder pools, as sentence-transformers writes it: modules.json, 1_Pooling/config.json, sentence_bert_config.json.</summary>
/// <param name="MaxTokens">Longest input in tokens, [CLS] and [SEP] included; what is longer is cut and counted.</param>
/// <param name="PoolFirstToken">The state of [CLS] rather than the mean over tokens.</param>
/// <param name="Normalise">Whether embeddings are scaled to length 1.</param>
public sealed record SentenceSettings(int MaxTokens, bool PoolFirstToken, bool Normalise)
{
    private const string Flag = "pooling_mode_";

    /// <summary>The module that pools, where modules.json names none.</summary>
    private const string PoolingFolder = "1_Pooling";

    /// <summary>
    /// How a language model's states are pooled: the mean over tokens as it is. All texts have most of it in common, so at length 1 what tells them apart would be too small for
    /// classifiers with a penalty; behind the last norm numbers are around 1.
    /// </summary>
    internal static SentenceSettings Mean(int longest) => new(longest, PoolFirstToken: false, Normalise: false);

    /// <param name="longest">Tokens that the encoder can read; the limit where the folder has none, or a larger one.</param>
    /// <param name="unsaid">What holds where the folder says nothing of pooling; null: the mean, scaled to length 1.</param>
    internal static SentenceSettings Read(string folder, int longest, SentenceSettings? unsaid = null)
    {
        if (unsaid is not null && !File.Exists(Path.Combine(folder, "modules.json")))
            return unsaid;
        var maximum = longest;
        if (Json(folder, "sentence_bert_config.json") is { ValueKind: JsonValueKind.Object } s && s.TryGetProperty("max_seq_length", out var m) && m.ValueKind == JsonValueKind.Number && (!m.TryGetInt32(out maximum) || maximum < 1))
            throw new ModelFileException($"'{folder}' has a max_seq_length in sentence_bert_config.json that is no number of tokens; mend it");
        var (pooling, normalise) = Modules(folder);
        return new SentenceSettings(Math.Min(maximum, longest), PoolsFirst(folder, pooling), normalise);
    }

    /// <summary>Where pooling is described, and whether embeddings are normalised; other modules than encoder, pooling and normalising are refused.</summary>
    private static (string Pooling, bool Normalise) Modules(string folder)
    {
        if (Json(folder, "modules.json") is not { ValueKind: JsonValueKind.Array } modules)
            return (PoolingFolder, true);
        var kinds = modules.EnumerateArray().Select(e => (Kind: Text(e, "type").Split('.')[^1], Path: Text(e, "path"))).ToArray();
        if (kinds.Select(k => k.Kind).FirstOrDefault(k => k is not ("Transformer" or "Pooling" or "Normalize")) is { } unknown)
            throw new ModelFileException($"'{folder}' has the module '{unknown}', which is not known; known are Transformer, Pooling and Normalize");
        var pooling = kinds.FirstOrDefault(k => k.Kind == "Pooling").Path is { Length: > 0 } path ? path : PoolingFolder;
        if (HubPath.Fault(pooling) is { } fault)
            throw new ModelFileException($"'{folder}' has the module Pooling in a folder {Shown.Quoted(pooling)}, {fault}; give a folder inside of the model's");
        return (pooling, kinds.Any(k => k.Kind == "Normalize"));
    }

    /// <summary>By one text, "pooling_mode": "cls", or by a flag for each way, as all versions before wrote it.</summary>
    private static bool PoolsFirst(string folder, string path)
    {
        if (Json(folder, Path.Combine(path, "config.json")) is not { ValueKind: JsonValueKind.Object } pooling)
            return false;
        var mode = Text(pooling, "pooling_mode");
        string[] modes = mode.Length > 0 ? [mode] : [.. pooling.EnumerateObject().Where(p => p.Name.StartsWith(Flag, StringComparison.Ordinal) && p.Value.ValueKind == JsonValueKind.True).Select(p => p.Name[Flag.Length..])];
        return modes switch
        {
            ["cls"] or ["cls_token"] => true,
            ["mean"] or ["mean_tokens"] => false,
            _ => throw new ModelFileException($"'{folder}' pools by {(modes.Length == 0 ? "nothing" : string.Join(" and ", modes))}; known are the mean over tokens and [CLS]"),
        };
    }

    private static string Text(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var t) && t.ValueKind == JsonValueKind.String ? t.GetString()! : "";

    private static JsonElement? Json(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? JsonFile.Read(path) : null;
    }
}

using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Files;
using Attune.Models.Saving;
using Attune.Tensors;

namespace Attune.Methods.Weights;

/// <summary>A plain LoRA adapter of PEFT as the adapter file of llama.cpp. Scales that differ between maps go into B, since the file has one α.</summary>
public static class PeftGguf
{
    private const string Prefix = "base_model.model.";

    private static readonly (string Key, string Plain)[] MustBePlain =
    [
        ("use_dora", "false"), ("lora_bias", "false"), ("bias", "\"none\""), ("modules_to_save", "null"), ("trainable_token_indices", "null"), ("target_parameters", "null"),
        ("layer_replication", "null"), ("alora_invocation_tokens", "null"), ("use_qalora", "false"), ("fan_in_fan_out", "false"),
    ];

    private static readonly (string A, string B)[] Endings = [(".lora_A.weight", ".lora_B.weight"), (".lora_embedding_A", ".lora_embedding_B")];

    /// <summary>The adapter of a folder, its rows as the file wants them.</summary>
    /// <exception cref="AttuneException">The adapter is more than two factors a map, or its model is not stored as GGUF.</exception>
    public static GgufLora Read(string folder, LanguageModel model)
    {
        try
        {
            return Read(folder, PeftFolders.Read(folder), model);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            throw new AttuneException($"'{folder}' has an {PeftFolders.ConfigurationName} that cannot be read ({e.Message}); save the adapter again", AttuneErrorKind.Request, e);
        }
    }

    private static GgufLora Read(string folder, JsonObject json, LanguageModel model)
    {
        if ((string?)json["peft_type"] is not "LORA" and var kind)
            throw new AttuneException($"'{folder}' is an adapter of the kind {kind ?? "(none)"}, and GGUF adapters are LORA; choose another format, or merge it");
        foreach (var (key, plain) in MustBePlain)
        {
            if (json[key] is { } value && value.ToJsonString() != plain && value is not JsonArray { Count: 0 })
                throw new AttuneException($"'{folder}' sets {key} to {value.ToJsonString()}, which a GGUF adapter cannot say; choose another format, or merge it");
        }
        using var file = SafetensorsFile.Open(Path.Combine(folder, PeftFolders.WeightsName));
        var alpha = (double)(json["lora_alpha"] ?? throw new FormatException("it lacks lora_alpha"));
        var factors = Factors(file, model, json, alpha);
        return new GgufLora(GgufTensorNames.ArchitectureOf(model.Transformer), (float)alpha, factors) { Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) }
            .ToFileOrder(model.Transformer.HeadDim);
    }

    private static List<GgufLoraFactors> Factors(SafetensorsFile file, LanguageModel model, JsonObject json, double alpha)
    {
        var factors = new List<GgufLoraFactors>();
        foreach (var (name, a) in file.Tensors)
        {
            var (endA, endB) = Endings.FirstOrDefault(e => name.EndsWith(e.A, StringComparison.Ordinal) || name.EndsWith(e.B, StringComparison.Ordinal));
            if (endA is null || !name.StartsWith(Prefix, StringComparison.Ordinal))
                throw new AttuneException($"'{file.Path}' has the tensor '{name}', which a GGUF adapter has no place for; choose another format, or merge it");
            if (!name.EndsWith(endA, StringComparison.Ordinal))
                continue;
            var module = name[Prefix.Length..^endA.Length];
            if (!file.Tensors.TryGetValue(Prefix + module + endB, out var b))
                throw new AttuneException($"'{file.Path}' has '{name}' but not its other factor; the file is incomplete");
            factors.Add(Pair(model, json, alpha, module, a, b));
        }
        return factors.Count > 0 ? factors : throw new AttuneException($"'{file.Path}' holds no factors");
    }

    private static GgufLoraFactors Pair(LanguageModel model, JsonObject json, double alpha, string module, StoredTensor a, StoredTensor b)
    {
        if (a.Info.Shape.Count != 2 || b.Info.Shape.Count != 2 || a.Info.Shape[0] != b.Info.Shape[1])
            throw new AttuneException($"the factors of '{module}' have the shapes {a.Info.ShapeText} and {b.Info.ShapeText}, which do not fit together; the adapter is damaged");
        var (rank, inputs, outputs) = (checked((int)a.Info.Shape[0]), checked((int)a.Info.Shape[1]), checked((int)b.Info.Shape[0]));
        var own = Pattern(json["alpha_pattern"], module) ?? alpha;
        var scale = (bool?)json["use_rslora"] == true ? own / Math.Sqrt(rank) : own / rank;
        var factor = scale / (alpha / rank);
        var values = b.ToFloat32();
        if (factor != 1)
            values = Array.ConvertAll(values, v => (float)(v * factor));
        return new GgufLoraFactors(GgufTensorNames.Of(model.Transformer, module + ".weight"), rank, inputs, outputs, a.ToFloat32(), values);
    }

    /// <summary>The number for the last pattern part that ends the module's name.</summary>
    private static double? Pattern(JsonNode? patterns, string module) => patterns is not JsonObject map ? null
        : map.Where(p => System.Text.RegularExpressions.Regex.IsMatch(module, $@"(^|.*\.)(?:{p.Key})$", System.Text.RegularExpressions.RegexOptions.NonBacktracking | System.Text.RegularExpressions.RegexOptions.CultureInvariant))
            .Select(p => (double?)p.Value).FirstOrDefault();
}

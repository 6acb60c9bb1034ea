using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Files;
using Attune.Models.Saving;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>A plain LoRA adapter of PEFT as the adapter file of llama.cpp. Scales that differ between maps go into B, since the file has one α.</summary>
public static class PeftGguf
{
    private const string Prefix = ModuleNames.Prefix;

    private static readonly (string Key, string Plain)[] MustBePlain =
    [
        ("use_dora", "false"), ("lora_bias", "false"), ("bias", "\"none\""), ("modules_to_save", "null"), ("trainable_token_indices", "null"), ("target_parameters", "null"),
        ("layer_replication", "null"), ("alora_invocation_tokens", "null"), ("use_qalora", "false"), ("fan_in_fan_out", "false"),
    ];

    private static readonly (string A, string B)[] Endings = [(".lora_A.weight", ".lora_B.weight"), (".lora_embedding_A", ".lora_embedding_B")];

    /// <summary>The adapter of a folder, its rows as the file wants them.</summary>
    /// <exception cref="AttuneException">The adapter is more than two factors a map, or its model is not stored as GGUF.</exception>
    public static GgufLora Of(PeftFolder folder, LanguageModel model)
    {
        var json = folder.Configuration;
        if (folder.PeftType != "LORA")
            throw new AttuneException($"{folder.Path} is an adapter of the kind {folder.PeftType}, and GGUF adapters are LORA; choose another format, or merge it");
        foreach (var (key, plain) in MustBePlain)
        {
            if (json[key] is { } value && value.ToJsonString() != plain && value is not JsonArray { Count: 0 })
                throw new AttuneException($"{folder.Path} sets {key} to {value.ToJsonString()}, which a GGUF adapter cannot say; choose another format, or merge it");
        }
        if (json["init_lora_weights"] is JsonValue start && start.TryGetValue(out string? how) && how.Split('_')[0] is "pissa" or "olora" or "corda" or "loftq")
            throw new AttuneException($"{folder.Path} has init_lora_weights '{how}', which changes the base weights too; choose another format, or merge it");
        try
        {
            var alpha = (double)(json["lora_alpha"] ?? throw new FormatException("it lacks lora_alpha"));
            return new GgufLora(GgufTensorNames.ArchitectureOf(model.Transformer), (float)alpha, Factors(folder, model, json, alpha)).ToFileOrder(model.Transformer.HeadDim);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            throw new AttuneException($"{folder.Path} has an {PeftFolder.ConfigurationName} that cannot be read ({e.Message}); save the adapter again", AttuneErrorKind.Request, e);
        }
    }

    private static List<GgufLoraFactors> Factors(PeftFolder folder, LanguageModel model, JsonObject json, double alpha)
    {
        var factors = new List<GgufLoraFactors>();
        foreach (var (name, a) in folder.Tensors)
        {
            var (endA, endB) = Endings.FirstOrDefault(e => name.EndsWith(e.A, StringComparison.Ordinal) || name.EndsWith(e.B, StringComparison.Ordinal));
            if (endA is null || !name.StartsWith(Prefix, StringComparison.Ordinal))
                throw new AttuneException($"{folder.Path} has the tensor '{name}', which a GGUF adapter has no place for; choose another format, or merge it");
            if (!name.EndsWith(endA, StringComparison.Ordinal))
                continue;
            var module = name[Prefix.Length..^endA.Length];
            if (!folder.Tensors.TryGetValue(Prefix + module + endB, out var b))
                throw new AttuneException($"{folder.Path} has '{name}' but not its other factor; the adapter is incomplete");
            factors.Add(Pair(model, json, alpha, module, a, b));
        }
        return factors.Count > 0 ? factors : throw new AttuneException($"{folder.Path} holds no factors");
    }

    private static GgufLoraFactors Pair(LanguageModel model, JsonObject json, double alpha, string module, PeftTensor a, PeftTensor b)
    {
        if (a.Shape.Count != 2 || b.Shape.Count != 2 || a.Shape[0] != b.Shape[1] || a.Shape[0] == 0)
            throw new AttuneException($"the factors of '{module}' have the shapes {a.ShapeText} and {b.ShapeText}, which do not fit together; the adapter is damaged");
        var (rank, inputs, outputs) = (a.Shape[0], a.Shape[1], b.Shape[0]);
        var own = Pattern(json["alpha_pattern"], module) ?? alpha;
        var scale = (bool?)json["use_rslora"] == true ? own / Math.Sqrt(rank) : own / rank;
        var factor = scale / (alpha / rank);
        var values = b.Floats.ToArray();
        if (factor != 1)
            values = Array.ConvertAll(values, v => (float)(v * factor));
        return new GgufLoraFactors(GgufTensorNames.Of(model.Transformer, module + ".weight"), rank, inputs, outputs, a.Floats.ToArray(), values);
    }

    /// <summary>The number under the first expression that matches the end of the module's name.</summary>
    private static double? Pattern(JsonNode? patterns, string module) => patterns is not JsonObject map ? null
        : NamePattern.First(map.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Key, p.Value!)), module) is { } found ? (double)found : null;
}

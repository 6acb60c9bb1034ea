using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Methods.Weights;

/// <summary>LoRA adapters as PEFT's folders: adapter_config.json and adapter_model.safetensors.</summary>
public static class PeftLora
{
    private const string ConfigurationName = "adapter_config.json";
    private const string WeightsName = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";

    /// <summary>Settings that change what an adapter computes and are not known here: any value but these is refused.</summary>
    private static readonly (string Key, string Plain)[] MustBePlain =
    [
        ("use_dora", "false"), ("lora_bias", "false"), ("bias", "\"none\""), ("fan_in_fan_out", "false"), ("modules_to_save", "null"),
        ("rank_pattern", "{}"), ("alpha_pattern", "{}"), ("trainable_token_indices", "null"), ("target_parameters", "null"),
        ("layer_replication", "null"), ("use_qalora", "false"), ("use_bdlora", "null"), ("alora_invocation_tokens", "null"),
    ];

    /// <exception cref="AttuneException">The folder is no LoRA adapter, or one of a kind that is not known.</exception>
    public static LoraAdapter Read(string folder)
    {
        var path = Path.Combine(folder, ConfigurationName);
        if (!File.Exists(path))
            throw new AttuneException($"'{folder}' has no {ConfigurationName}; give a folder that PEFT has saved");
        var json = Parse(path);
        var kind = (string?)json["peft_type"];
        if (kind != "LORA")
            throw new AttuneException($"'{path}' is an adapter of the kind {kind ?? "(none)"}; the kind known is LORA");
        foreach (var (key, plain) in MustBePlain)
            if (json[key] is { } value && value.ToJsonString() != plain)
                throw new AttuneException($"'{path}' sets {key} to {value.ToJsonString()}, which is not known; only {plain} is");
        // These begin with other base weights than the model's, which the folder does not hold.
        if (json["init_lora_weights"] is JsonValue start && start.TryGetValue(out string? how) && how.Split('_')[0] is "pissa" or "olora" or "corda" or "loftq")
            throw new AttuneException($"'{path}' has init_lora_weights '{how}', which changes the base weights too; convert the adapter to a plain one with PEFT");
        var settings = new LoraSettings((int)json["r"]!, (double)json["lora_alpha"]!, (bool?)json["use_rslora"] ?? false, (double?)json["lora_dropout"] ?? 0, Targets(json, path));
        using var file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        return new LoraAdapter(settings, ReadFactors(file, settings));
    }

    public static void Write(string folder, LoraAdapter adapter, string baseModel)
    {
        Directory.CreateDirectory(folder);
        var s = adapter.Settings;
        var json = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = baseModel,
            ["r"] = s.Rank,
            ["lora_alpha"] = s.Alpha == Math.Floor(s.Alpha) ? (long)s.Alpha : s.Alpha,
            ["lora_dropout"] = s.Dropout,
            ["use_rslora"] = s.RankStabilised,
            ["target_modules"] = new JsonArray([.. s.Targets.Select(t => (JsonNode)t)]),
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["init_lora_weights"] = true,
            ["inference_mode"] = true,
            ["use_dora"] = false,
            ["modules_to_save"] = null,
        };
        File.WriteAllText(Path.Combine(folder, ConfigurationName), json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        var tensors = adapter.Factors.SelectMany(f => new[]
        {
            TensorToWrite.FromFloats($"{Prefix}{f.Module}.lora_A.weight", TensorType.F32, [f.A.Rows, f.A.Columns], f.A.Value.Span.ToArray()),
            TensorToWrite.FromFloats($"{Prefix}{f.Module}.lora_B.weight", TensorType.F32, [f.B.Rows, f.B.Columns], f.B.Value.Span.ToArray()),
        });
        SafetensorsWriter.Write(Path.Combine(folder, WeightsName), tensors, new Dictionary<string, string> { ["format"] = "pt" });
    }

    private static List<LoraFactors> ReadFactors(SafetensorsFile file, LoraSettings settings)
    {
        var factors = new List<LoraFactors>();
        foreach (var (name, a) in file.Tensors)
        {
            const string endA = ".lora_A.weight", endB = ".lora_B.weight";
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(endA, StringComparison.Ordinal) && !name.EndsWith(endB, StringComparison.Ordinal))
                throw new AttuneException($"'{file.Path}' has the tensor '{name}', which is no part of a plain LoRA adapter");
            if (!name.EndsWith(endA, StringComparison.Ordinal))
                continue;
            var module = name[Prefix.Length..^endA.Length];
            if (!file.Tensors.TryGetValue(Prefix + module + endB, out var b))
                throw new AttuneException($"'{file.Path}' has '{name}' but not its other factor; the file is incomplete");
            if (a.Info.Shape.Count != 2 || b.Info.Shape.Count != 2 || a.Info.Shape[0] != settings.Rank || b.Info.Shape[1] != settings.Rank)
                throw new AttuneException($"'{file.Path}' has factors {a.Info.ShapeText} and {b.Info.ShapeText} for '{module}', but the configuration says rank {settings.Rank}");
            var f = new LoraFactors(module, settings.Rank, (int)a.Info.Shape[1], (int)b.Info.Shape[0], settings.Scale);
            a.RequireFinite();
            b.RequireFinite();
            a.ReadFloat32(f.A.Value.Span);
            b.ReadFloat32(f.B.Value.Span);
            factors.Add(f);
        }
        return factors.Count > 0 ? factors : throw new AttuneException($"'{file.Path}' holds no factors");
    }

    private static string[] Targets(JsonObject json, string path) => json["target_modules"] switch
    {
        JsonArray list => [.. list.Select(t => (string)t!)],
        JsonValue v when v.TryGetValue<string>(out var text) => [text],
        _ => throw new AttuneException($"'{path}' has no target_modules"),
    };

    private static JsonObject Parse(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new AttuneException($"'{path}' is no JSON object");
        }
        catch (JsonException e)
        {
            throw new AttuneException($"'{path}' is not valid JSON ({e.Message})", AttuneErrorKind.Request, e);
        }
    }
}

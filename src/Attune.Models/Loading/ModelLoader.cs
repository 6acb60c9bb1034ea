using System.Text.Json;
using Attune.Models.Architectures;
using Attune.Models.ChatTemplates;
using Attune.Models.Files;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Models.Loading;

/// <summary>Opens models: GGUF files and folders in Hugging Face layout.</summary>
public static class ModelLoader
{
    private const string RopeDivisors = "rope_freqs.weight";

    /// <summary>A language model with tokenizer and chat template.</summary>
    /// <param name="progress">Told the share of the weights that is loaded, from 0 to 1, on the calling thread.</param>
    /// <exception cref="AttuneException">The path holds none, or one that cannot be read; the message says why.</exception>
    /// <exception cref="MemoryLimitException">The weights alone exceed <see cref="EngineMemory.Limit"/>.</exception>
    public static LanguageModel LoadLanguageModel(string pathOrName, Precision precision = Precision.Exact, long cacheBytes = LanguageModel.DefaultCacheBytes, Action<double>? progress = null)
    {
        var path = ModelLocator.Find(pathOrName);
        return Directory.Exists(path) ? FromFolder(path, precision, cacheBytes, progress) : FromGguf(path, precision, cacheBytes, progress);
    }

    /// <summary>A sentence encoder from a folder in the layout of sentence-transformers.</summary>
    /// <inheritdoc cref="LoadLanguageModel"/>
    public static SentenceEncoder LoadEncoder(string pathOrName, Action<double>? progress = null)
    {
        var path = ModelLocator.Find(pathOrName);
        if (!Directory.Exists(path))
            throw new AttuneException($"'{path}' is a file; a sentence encoder is a folder with config.json, model.safetensors and tokenizer.json");
        var config = ReadJson(Path.Combine(path, "config.json"));
        RequireArchitecture(config, path, "bert");
        using var source = SafetensorsFolder.Open(path);
        using var beside = new BesideWork();
        var hash = beside.Start(() => FileHash.Of([.. source.Files.Select(f => f.Path)]));
        var tokenizer = beside.Start(() => TokenizerLoader.FromFolder(path));
        var prefix = source.Tensors.ContainsKey("bert.embeddings.word_embeddings.weight") ? "bert." : "";
        var weights = new StoredWeights(source, path, n => prefix + n) { OnTaken = Share(source, progress) };
        EngineMemory.Require(weights.BytesHeld(Unused), $"for the weights of '{path}'");
        var transformer = new BertModel(BertConfigurations.FromJson(config, Path.Combine(path, "config.json")), weights);
        weights.RequireAllUsed(Unused);
        return new SentenceEncoder(Describe(path, BesideWork.Result(hash), weights), transformer, BesideWork.Result(tokenizer), SentenceSettings.Read(path));

        static bool Unused(string n) => n.Contains("pooler.", StringComparison.Ordinal) || n.EndsWith("position_ids", StringComparison.Ordinal) || n.StartsWith("cls.", StringComparison.Ordinal);
    }

    /// <summary>Hash, tokenizer and template are made while the weights are rearranged: none needs another, and each takes as long.</summary>
    private static LanguageModel FromGguf(string path, Precision precision, long cacheBytes, Action<double>? progress)
    {
        using var file = GgufFile.Open(path);
        var m = file.Metadata;
        var architecture = m.GetText("general.architecture");
        if (architecture != "llama")
            throw new ModelFileException($"'{path}' has the architecture '{architecture}', which is not known; known language models are: llama");
        using var beside = new BesideWork();
        var tokenizer = beside.Start(() => GgufTokenizers.Create(m));
        var hash = beside.Start(() => FileHash.Of([path]));
        var template = beside.Start(() => m.FindText("tokenizer.chat_template") is { } text ? ChatTemplate.Parse(text) : null);
        var tied = !file.Tensors.ContainsKey("output.weight");
        var configuration = LlamaConfigurations.FromGguf(m, tied);
        var weights = new StoredWeights(file, path, GgufNames.OfLlama) { InterleavedHead = n => n.Contains(".q_proj.", StringComparison.Ordinal) || n.Contains(".k_proj.", StringComparison.Ordinal) ? configuration.HeadDim : 0, OnTaken = Share(file, progress) };
        EngineMemory.Require(weights.BytesHeld(_ => false), $"for the weights of '{path}'");
        configuration = configuration with { AttentionBias = weights.Has("model.layers.0.self_attn.q_proj.bias"), MlpBias = weights.Has("model.layers.0.mlp.up_proj.bias") };
        // Llama 3's scaling of frequencies stands in a GGUF file as a tensor only.
        if (weights.Has(RopeDivisors))
            configuration = configuration with { Rope = configuration.Rope with { Divisors = weights.Vector(RopeDivisors, configuration.Rope.RotaryDims / 2) } };
        var transformer = new LlamaModel(configuration, weights);
        weights.RequireAllUsed(_ => false);
        return new LanguageModel(Describe(path, BesideWork.Result(hash), weights), transformer, BesideWork.Result(tokenizer), BesideWork.Result(template), precision, cacheBytes);
    }

    private static LanguageModel FromFolder(string path, Precision precision, long cacheBytes, Action<double>? progress)
    {
        var configPath = Path.Combine(path, "config.json");
        var config = ReadJson(configPath);
        RequireArchitecture(config, path, "llama");
        using var source = SafetensorsFolder.Open(path);
        using var beside = new BesideWork();
        var hash = beside.Start(() => FileHash.Of([.. source.Files.Select(f => f.Path)]));
        var tokenizer = beside.Start(() => TokenizerLoader.FromFolder(path));
        var weights = new StoredWeights(source, path, n => n) { OnTaken = Share(source, progress) };
        var configuration = LlamaConfigurations.FromJson(config, configPath);
        EngineMemory.Require(weights.BytesHeld(Unused), $"for the weights of '{path}'");
        var transformer = new LlamaModel(configuration, weights);
        weights.RequireAllUsed(Unused);
        return new LanguageModel(Describe(path, BesideWork.Result(hash), weights), transformer, BesideWork.Result(tokenizer), ChatTemplateOf(path), precision, cacheBytes) { EndIds = EndIdsOf(path, config) };

        bool Unused(string n) => n.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) || n == "lm_head.weight" && configuration.TieWordEmbeddings;
    }

    private static void RequireArchitecture(JsonElement config, string path, string expected)
    {
        var type = new ConfigurationJson(config, Path.Combine(path, "config.json")).OptionalText("model_type")
            ?? throw new ModelFileException($"'{path}' has a config.json without model_type; say which architecture it is");
        if (type != expected)
            throw new ModelFileException($"'{path}' has the architecture '{type}', which is not known here; expected {expected}");
    }

    private static ChatTemplate? ChatTemplateOf(string folder)
    {
        var jinja = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(jinja))
            return ChatTemplate.Parse(File.ReadAllText(jinja));
        var settings = Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(settings) || !ReadJson(settings).TryGetProperty("chat_template", out var template) || template.ValueKind != JsonValueKind.String)
            return null;
        return ChatTemplate.Parse(template.GetString()!);
    }

    private static IReadOnlyList<int> EndIdsOf(string folder, JsonElement config)
    {
        var generation = Path.Combine(folder, "generation_config.json");
        foreach (var json in File.Exists(generation) ? [ReadJson(generation), config] : new[] { config })
            if (json.TryGetProperty("eos_token_id", out var id))
            {
                if (id.ValueKind == JsonValueKind.Number)
                    return [id.GetInt32()];
                if (id.ValueKind == JsonValueKind.Array)
                    return [.. id.EnumerateArray().Select(e => e.GetInt32())];
            }
        return [];
    }

    private static JsonElement ReadJson(string path)
    {
        if (!File.Exists(path))
            throw new ModelFileException($"'{path}' is missing; give a folder in Hugging Face layout");
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        }
        catch (JsonException e)
        {
            throw new ModelFileException($"'{path}' is not valid JSON ({e.Message})", e);
        }
    }

    private static Action<long>? Share(ITensorSource source, Action<double>? progress)
    {
        var all = source.Tensors.Values.Sum(t => t.Info.Bytes);
        return progress is null ? null : taken => progress((double)taken / all);
    }

    private static ModelDescription Describe(string path, string hash, StoredWeights weights)
    {
        var storage = string.Join(", ", weights.Formats.Select(f => $"{f.Key} ({f.Value})"));
        return new ModelDescription(Path.GetFileName(path.TrimEnd(Path.DirectorySeparatorChar)), path, hash, storage);
    }
}

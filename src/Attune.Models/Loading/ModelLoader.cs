using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.ChatTemplates;
using Attune.Models.Files;
using Attune.Models.Tokenizers;
using Attune.Tensors;

namespace Attune.Models.Loading;

/// <summary>Opens models: GGUF files and folders in Hugging Face layout.</summary>
public static class ModelLoader
{
    /// <summary>A language model with tokenizer and chat template.</summary>
    /// <param name="progress">Told the share of the weights that is loaded, from 0 to 1, on the calling thread.</param>
    /// <exception cref="AttuneException">The path holds none, or one that cannot be read; the message says why.</exception>
    /// <exception cref="MemoryLimitException">The weights alone exceed <see cref="EngineMemory.Limit"/>.</exception>
    public static LanguageModel LoadLanguageModel(string pathOrName, Precision precision = Precision.Exact, long cacheBytes = LanguageModel.DefaultCacheBytes, Action<double>? progress = null)
    {
        var path = ModelLocator.Find(pathOrName);
        return Directory.Exists(path) ? FromFolder(path, precision, cacheBytes, progress) : FromGguf(path, precision, cacheBytes, progress);
    }

    /// <summary>
    /// A sentence encoder from a folder in the layout of sentence-transformers, or a language model (folder or GGUF file) in its place: the mean of its last states.
    /// </summary>
    /// <inheritdoc cref="LoadLanguageModel"/>
    public static SentenceEncoder LoadEncoder(string pathOrName, Action<double>? progress = null)
    {
        var path = ModelLocator.Find(pathOrName);
        return Directory.Exists(path) ? EncoderFromFolder(path, progress) : EncoderFromGguf(path, progress);
    }

    /// <summary>The bare model of a folder in Hugging Face layout or of a GGUF file, whatever its kind: no tokenizer is needed.</summary>
    /// <inheritdoc cref="LoadLanguageModel"/>
    public static TransformerModel LoadTransformer(string path, ModelOptions? options = null, string configurationFile = "config.json")
    {
        options ??= new ModelOptions();
        if (File.Exists(path))
        {
            using var file = GgufFile.Open(path);
            return FromGguf(file, path, options, null, out _);
        }
        var configuration = Configuration(path, out var json, configurationFile);
        if (options.RepeatedLayers is { } layers)
            configuration = RepeatedLayers.Configuration(json, configuration.Path, layers);
        var architecture = ArchitectureCatalog.Of(configuration);
        using var source = SafetensorsFolder.Open(path);
        return Create(architecture, configuration, source, options, null, out _);
    }

    private static ConfigurationJson Configuration(string folder, out JsonElement json, string file = "config.json")
    {
        var path = Path.Combine(folder, file);
        json = JsonFile.Read(path);
        return new ConfigurationJson(json, path);
    }

    /// <summary>The model out of a folder's tensors; every tensor must be of use or known to be harmless.</summary>
    private static TransformerModel Create(IArchitecture architecture, ConfigurationJson configuration, SafetensorsFolder source, ModelOptions options, Action<double>? progress, out StoredWeights weights)
    {
        string Stored(string name) => options.RepeatedLayers is { } layers ? RepeatedLayers.NameOf(name, layers) : name;
        weights = new StoredWeights(source, source.Path, n => OldNames.InFile(Stored(n), source.Tensors.ContainsKey)) { OnTaken = Share(source, progress) };
        EngineMemory.Require(weights.BytesHeld(architecture.IsHarmless), $"for the weights of '{source.Path}'");
        return Create(architecture, configuration, weights, options);
    }

    private static TransformerModel Create(IArchitecture architecture, ConfigurationJson configuration, StoredWeights weights, ModelOptions options)
    {
        var transformer = architecture.Create(new ArchitectureContext(configuration, weights, options));
        try
        {
            weights.RequireAllUsed(architecture.IsHarmless);
            return transformer;
        }
        catch (ModelFileException)
        {
            transformer.Dispose();
            throw;
        }
    }

    /// <summary>Hash, tokenizer and template are made while the weights are rearranged: none needs another, and each takes as long.</summary>
    private static LanguageModel FromGguf(string path, Precision precision, long cacheBytes, Action<double>? progress)
    {
        using var file = GgufFile.Open(path);
        var m = file.Metadata;
        using var beside = new BesideWork();
        var tokenizer = beside.Start(() => GgufTokenizers.Create(m));
        var hash = beside.Start(() => FileHash.Of([path]));
        var template = beside.Start(() => m.FindText("tokenizer.chat_template") is { } text ? ChatTemplate.Parse(text) : null);
        var transformer = AsLanguageModel(FromGguf(file, path, new ModelOptions(), progress, out var weights), path);
        return new LanguageModel(Describe(path, BesideWork.Result(hash), weights), transformer, BesideWork.Result(tokenizer), BesideWork.Result(template), precision, cacheBytes);
    }

    /// <summary>The model out of a GGUF file's metadata and tensors.</summary>
    private static TransformerModel FromGguf(GgufFile file, string path, ModelOptions options, Action<double>? progress, out StoredWeights weights)
    {
        var architecture = ArchitectureCatalog.OfGguf(file.Metadata, path);
        var gguf = architecture.Gguf!;
        var json = gguf.Configuration(file.Metadata, n => file.Tensors.ContainsKey(gguf.NameOf(n)));
        var configuration = new ConfigurationJson(json, path);
        var headDim = configuration.OptionalInteger("head_dim") ?? 0;
        weights = new StoredWeights(file, path, gguf.NameOf)
        {
            RowsOf = n => gguf.IsInterleaved(n) ? row => HeadRows.ToPairs(row, headDim) : gguf.Rows?.Invoke(n, configuration),
            SliceOf = gguf.SliceOf, Added = gguf.Added, MapsTurned = gguf.Turned, OnTaken = Share(file, progress),
        };
        EngineMemory.Require(weights.BytesHeld(_ => false), $"for the weights of '{path}'");
        if (GgufRope.Complete(json, weights, file))
            configuration = new ConfigurationJson(json, path);
        return Create(architecture, configuration, weights, options);
    }

    private static LanguageModel FromFolder(string path, Precision precision, long cacheBytes, Action<double>? progress)
    {
        var configuration = Configuration(path, out var config);
        var architecture = ArchitectureCatalog.Of(configuration);
        using var source = SafetensorsFolder.Open(path);
        using var beside = new BesideWork();
        var hash = beside.Start(() => FileHash.Of([.. source.Files.Select(f => f.Path)]));
        var tokenizer = beside.Start(() => TokenizerLoader.FromFolder(path));
        var transformer = AsLanguageModel(Create(architecture, configuration, source, new ModelOptions(), progress, out var weights), path);
        return new LanguageModel(Describe(path, BesideWork.Result(hash), weights), transformer, BesideWork.Result(tokenizer), FolderChatTemplate.TextOf(path) is { } template ? ChatTemplate.Parse(template) : null, precision, cacheBytes) { EndIds = EndIdsOf(path, config) };
    }

    private static SentenceEncoder EncoderFromFolder(string path, Action<double>? progress)
    {
        var configuration = Configuration(path, out _);
        var architecture = ArchitectureCatalog.Of(configuration);
        using var source = SafetensorsFolder.Open(path);
        using var beside = new BesideWork();
        var hash = beside.Start(() => FileHash.Of([.. source.Files.Select(f => f.Path)]));
        var tokenizer = beside.Start(() => TokenizerLoader.FromFolder(path));
        var transformer = AsEncoder(Create(architecture, configuration, source, new ModelOptions(), progress, out var weights), path);
        return new SentenceEncoder(Describe(path, BesideWork.Result(hash), weights), transformer, BesideWork.Result(tokenizer), SentenceSettings.Read(path, transformer.ContextLength, transformer is CausalLanguageModel ? SentenceSettings.Mean(transformer.ContextLength) : null));
    }

    private static SentenceEncoder EncoderFromGguf(string path, Action<double>? progress)
    {
        using var file = GgufFile.Open(path);
        var metadata = file.Metadata;
        using var beside = new BesideWork();
        var tokenizer = beside.Start(() => GgufTokenizers.Create(metadata));
        var hash = beside.Start(() => FileHash.Of([path]));
        var transformer = AsEncoder(FromGguf(file, path, new ModelOptions(), progress, out var weights), path);
        return new SentenceEncoder(Describe(path, BesideWork.Result(hash), weights), transformer, BesideWork.Result(tokenizer), SentenceSettings.Mean(transformer.ContextLength));
    }

    /// <summary>An encoder, or a model of one stack that continues text.</summary>
    private static TransformerModel AsEncoder(TransformerModel transformer, string path)
    {
        if (transformer is EncoderModel or CausalLanguageModel and not (EncoderDecoderModel or ISpeechModel))
            return transformer;
        transformer.Dispose();
        throw new AttuneException($"'{path}' holds a model of the architecture '{transformer.Architecture}', which is no sentence encoder; give a folder of an encoder such as BERT, or a language model such as Llama, whose states are averaged");
    }

    private static CausalLanguageModel AsLanguageModel(TransformerModel transformer, string path)
    {
        if (transformer is CausalLanguageModel language and not ISpeechModel)
            return language;
        transformer.Dispose();
        throw new AttuneException($"'{path}' holds a model of the architecture '{transformer.Architecture}', which does not continue text; give a language model, or use it as --encoder");
    }

    private static IReadOnlyList<int> EndIdsOf(string folder, JsonElement config)
    {
        var generation = Path.Combine(folder, "generation_config.json");
        foreach (var json in File.Exists(generation) ? [JsonFile.Read(generation), config] : new[] { config })
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("eos_token_id", out var id))
            {
                if (id.ValueKind == JsonValueKind.Number)
                    return [Id(id)];
                if (id.ValueKind == JsonValueKind.Array)
                    return [.. id.EnumerateArray().Select(Id)];
            }
        return [];

        int Id(JsonElement id) => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number)
            ? number
            : throw new ModelFileException($"'{folder}' gives an eos_token_id that is no token id; mend generation_config.json or config.json");
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

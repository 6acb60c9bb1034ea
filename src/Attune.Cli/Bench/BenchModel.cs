using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>The model under measurement: a language model or an encoder.</summary>
internal sealed class BenchModel(LanguageModel? language, SentenceEncoder? encoder) : IDisposable
{
    private static readonly string[] OfLanguage = ["prefill", "decode", "scoring", "lora", "lora-all", "full"];
    private static readonly string[] OfEncoder = ["embedding"];

    public LanguageModel? Language => language;

    public ModelDescription Description => language?.Description ?? encoder!.Description;

    /// <summary>Every work that there is.</summary>
    public static IReadOnlyList<string> AllWorks => [.. OfLanguage, .. OfEncoder];

    /// <summary>The works that this kind of model has.</summary>
    public IReadOnlyList<string> Works => language is null ? OfEncoder : OfLanguage;

    /// <summary>Loads a language model, or an encoder where config.json says that it is one.</summary>
    public static BenchModel Load(string pathOrName, Func<string, LanguageModel> loadLanguage, Func<string, SentenceEncoder> loadEncoder)
    {
        var path = ModelLocator.Find(pathOrName);
        return IsEncoder(Path.Combine(path, "config.json")) ? new BenchModel(null, loadEncoder(path)) : new BenchModel(loadLanguage(path), null);
    }

    /// <summary>A work by name, which the caller disposes.</summary>
    public BenchWork Create(string name, BenchSizes sizes, ulong seed) => name switch
    {
        "prefill" => new PrefillWork(language!, sizes, seed),
        "decode" => new DecodeWork(language!, sizes, seed),
        "scoring" => new ScoringWork(language!, sizes, seed),
        "lora" => new LoraWork(language!, sizes, seed, everyToken: false),
        "lora-all" => new LoraWork(language!, sizes, seed, everyToken: true),
        "full" => new FullTuningWork(language!, sizes, seed),
        "embedding" => new EmbeddingWork(encoder!, sizes, seed),
        _ => throw new ArgumentException($"there is no work '{name}'"),
    };

    /// <summary>What cannot be read is left to the loader, which says why.</summary>
    private static bool IsEncoder(string config)
    {
        try
        {
            return File.Exists(config) && JsonNode.Parse(File.ReadAllText(config)) is JsonObject json && json["model_type"]?.ToString() == "bert";
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        language?.Dispose();
        encoder?.Dispose();
    }
}

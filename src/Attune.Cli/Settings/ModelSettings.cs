using System.CommandLine;
using Attune.Methods;
using Attune.Models;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>Which models, and how they compute.</summary>
internal sealed class ModelSettings
{
    public Setting<string?> Model { get; } = new("model", "PATH", "Language model: a GGUF file, a Hugging Face folder, or a name under ATTUNE_MODELS.", Values.Text, null);

    public Setting<string?> Encoder { get; } = new("encoder", "PATH", "Sentence encoder: a folder with config.json, model.safetensors and tokenizer.json.", Values.Text, null);

    public Setting<Precision> Precision { get; } = new("precision", "exact|fast", "exact: float32 activations; fast: int8 or bf16 ones. (default: exact)", Values.OneOf(("exact", Tensors.Precision.Exact), ("fast", Tensors.Precision.Fast)), Tensors.Precision.Exact);

    public Setting<long?> LimitMemory { get; } = new("limit-memory", "BYTES", "Memory that the engine may hold, for instance 8G.", Values.Bytes, null);

    public Setting<OverflowPolicy> OnOverflow { get; } = new(
        "on-overflow", "POLICY", "A prompt longer than the context: error, drop (the row), drop-shots or truncate. (default: error)",
        Values.OneOf(("error", OverflowPolicy.Error), ("drop", OverflowPolicy.Drop), ("drop-shots", OverflowPolicy.DropShots), ("truncate", OverflowPolicy.Truncate)), OverflowPolicy.Error);

    public IEnumerable<Setting> All => [Model, Encoder, Precision, LimitMemory, OnOverflow];

    /// <summary>Loads the language model that was named; null where none was.</summary>
    public LanguageModel? LoadModel(ParseResult parse) => Model.Get(parse) is { } path ? LoadModel(path, parse) : null;

    /// <summary>Loads a language model as the options say.</summary>
    public LanguageModel LoadModel(string path, ParseResult parse)
    {
        ApplyLimit(parse);
        return ModelLoader.LoadLanguageModel(path, Precision.Get(parse), LimitMemory.Get(parse) is { } limit ? limit / 2 : LanguageModel.DefaultCacheBytes);
    }

    /// <summary>Loads the encoder that was named; null where none was.</summary>
    public SentenceEncoder? LoadEncoder(ParseResult parse)
    {
        ApplyLimit(parse);
        return Encoder.Get(parse) is { } path ? ModelLoader.LoadEncoder(path) : null;
    }

    private void ApplyLimit(ParseResult parse)
    {
        if (LimitMemory.Get(parse) is { } limit)
            EngineMemory.Limit = limit;
    }
}

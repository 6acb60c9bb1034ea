using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Terminal;
using Attune.Methods;
using Attune.Models;
using Attune.Models.Loading;
using Attune.Tensors;
using Attune.Tensors.MachineCode;

namespace Attune.Cli.Settings;

/// <summary>Which models, and how they compute.</summary>
internal sealed class ModelSettings
{
    public Setting<string?> Model { get; } = new("model", "PATH", "Language model: a GGUF file, a Hugging Face folder, or a name under ATTUNE_MODELS.", Values.Text, null);

    public Setting<string?> Encoder { get; } = new("encoder", "PATH", "Sentence encoder: a folder with config.json, model.safetensors and tokenizer.json; or a language model, whose last states are averaged.", Values.Text, null);

    public Setting<Precision> Precision { get; } = new("precision", "exact|fast", "exact: float32 activations; fast: int8 or bf16 ones. (default: exact)", Values.OneOf(("exact", Tensors.Precision.Exact), ("fast", Tensors.Precision.Fast)), Tensors.Precision.Exact);

    public Setting<long?> LimitMemory { get; } = new("limit-memory", "BYTES", "Memory that the engine may hold, for instance 8G; caches shrink before it is reached.", Values.Bytes, null);

    public Setting<OverflowPolicy> OnOverflow { get; } = new(
        "on-overflow", "POLICY", "A prompt longer than the context: error, drop (the row), drop-shots or truncate. (default: error)",
        Values.OneOf(("error", OverflowPolicy.Error), ("drop", OverflowPolicy.Drop), ("drop-shots", OverflowPolicy.DropShots), ("truncate", OverflowPolicy.Truncate)), OverflowPolicy.Error);

    public IEnumerable<Setting> All => [Model, Encoder, Precision, LimitMemory, OnOverflow];

    /// <summary>Loads the language model that was named; null where none was.</summary>
    public LanguageModel? LoadModel(Invocation call) => Model.Get(call.Parse) is { } path ? LoadModel(path, call) : null;

    /// <summary>Loads a language model as the options say.</summary>
    public LanguageModel LoadModel(string path, Invocation call)
    {
        var limit = ApplyLimit(call.Parse);
        Advise(path, limit, call.Shell);
        using var progress = new LoadProgress(call.Shell, path, LoadProgress.DefaultPatience);
        return ModelLoader.LoadLanguageModel(path, Precision.Get(call.Parse), limit / 2 ?? LanguageModel.DefaultCacheBytes, progress.Show);
    }

    /// <summary>Loads the encoder that was named; null where none was.</summary>
    public SentenceEncoder? LoadEncoder(Invocation call) => Encoder.Get(call.Parse) is { } path ? LoadEncoder(path, call) : null;

    /// <summary>Loads an encoder as the options say.</summary>
    public SentenceEncoder LoadEncoder(string path, Invocation call)
    {
        ApplyLimit(call.Parse);
        using var progress = new LoadProgress(call.Shell, path, LoadProgress.DefaultPatience);
        return ModelLoader.LoadEncoder(path, progress.Show);
    }

    /// <summary>Warns where a container's memory may not suffice for a model, and where the system keeps the engine from its fastest kernels.</summary>
    public static void Advise(string model, long? limit, Shell shell)
    {
        if (MemoryAdvice.For(limit, ContainerLimits.Current.MemoryBytes, MemoryAdvice.BytesOf(ModelLocator.Find(model))) is { } warning)
            shell.Warn(warning);
        if (MachineTier.Refusal is { } refusal)
            shell.Warn(refusal);
    }

    private long? ApplyLimit(ParseResult parse)
    {
        var limit = LimitMemory.Get(parse);
        EngineMemory.Limit = limit ?? long.MaxValue;
        return limit;
    }
}

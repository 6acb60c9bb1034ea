using Attune.Cli.Settings;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>A saved adaptation with the models that it was fitted with, loaded and compared.</summary>
internal sealed class BoundAdaptation : IDisposable
{
    public static FlagSetting AnyModel() => new("any-model", "Take the adaptation with another model or encoder than the one it was fitted with.");

    private BoundAdaptation(Adaptation adaptation, LanguageModel? model, SentenceEncoder? encoder, OverflowPolicy overflow, bool anyModel)
    {
        (Adaptation, Model, Encoder) = (adaptation, model, encoder);
        Predictor = new Predictor(adaptation, model, encoder, overflow, anyModel);
    }

    public Adaptation Adaptation { get; }
    public LanguageModel? Model { get; }
    public SentenceEncoder? Encoder { get; }
    public Predictor Predictor { get; }

    /// <param name="taskOfPeft">The task of an adapter that PEFT has saved, which does not know one.</param>
    /// <exception cref="AttuneException">The folder holds none, or a model is missing or another one.</exception>
    public static BoundAdaptation Open(string folder, ModelSettings settings, FlagSetting anyModel, Invocation call, Func<TaskSpec> taskOfPeft)
    {
        if (PeftAdaptations.IsOne(folder))
            return OpenPeft(folder, settings, anyModel, call, taskOfPeft());
        var adaptation = AdaptationStore.Load(FolderOf(folder));
        var provenance = adaptation.Provenance;
        LanguageModel? model = null;
        SentenceEncoder? encoder = null;
        try
        {
            if (provenance.Model.Length > 0)
                model = settings.LoadModel(settings.Model.Get(call.Parse) ?? Known(provenance.Model, "language model", "--model"), call);
            if (provenance.Encoder.Length > 0)
                encoder = settings.LoadEncoder(settings.Encoder.Get(call.Parse) ?? Known(provenance.Encoder, "sentence encoder", "--encoder"), call);
            return new BoundAdaptation(adaptation, model, encoder, settings.OnOverflow.Get(call.Parse), anyModel.Get(call.Parse));
        }
        catch
        {
            model?.Dispose();
            encoder?.Dispose();
            throw;
        }
    }

    /// <summary>A task for work that needs none: merging, exporting, a conversation.</summary>
    public static TaskSpec NoTask() => TaskSpec.FromJson(System.Text.Json.JsonSerializer.SerializeToElement(new System.Text.Json.Nodes.JsonObject { ["kind"] = "conversation" }), PeftAdaptations.Method);

    private static BoundAdaptation OpenPeft(string folder, ModelSettings settings, FlagSetting anyModel, Invocation call, TaskSpec task)
    {
        var adaptation = PeftAdaptations.Load(folder, task);
        var given = settings.Model.Get(call.Parse);
        var model = settings.LoadModel(given ?? BaseOfPeft(folder), call);
        try
        {
            if (given is not null && !anyModel.Get(call.Parse))
                RequireBase(folder, model.Name);
            return new BoundAdaptation(adaptation, model, null, settings.OnOverflow.Get(call.Parse), anyModel: true);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The adapter knows its base by name alone, often as a path of its author's machine: last parts are compared.</summary>
    private static void RequireBase(string folder, string given)
    {
        if (PeftAdaptations.BaseModel(folder) is { } name && LastPart(name) is var wanted and not ("" or "." or "..") && !wanted.Equals(LastPart(given), StringComparison.OrdinalIgnoreCase))
            throw new AttuneException($"'{folder}' was made for the model '{name}' and '{given}' was given; give {wanted} with --model, or use the other nevertheless with --any-model");
    }

    private static string LastPart(string name)
    {
        var last = name.TrimEnd('/', '\\').Split('/', '\\')[^1];
        return last.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? last[..^5] : last;
    }

    /// <summary>The base that the adapter names: a path beside it, or a name under ATTUNE_MODELS.</summary>
    private static string BaseOfPeft(string folder)
    {
        var name = PeftAdaptations.BaseModel(folder) ?? throw new AttuneException($"'{folder}' does not say which model it was made for; give it with --model PATH");
        var beside = Path.GetFullPath(Path.Combine(folder, name));
        return Directory.Exists(beside) || File.Exists(beside) ? beside : Known(name + " ", "language model", "--model");
    }

    /// <summary>The folder itself, or the winner's in the folder of a comparison.</summary>
    public static string FolderOf(string given)
    {
        var folder = File.Exists(given) && Path.GetFileName(given) == "last" ? RunPointer.Resolve(given) : given;
        if (!Directory.Exists(folder))
            throw new AttuneException($"there is no folder '{given}'; give the folder of a fitted adaptation or of a comparison");
        var best = Path.Combine(folder, "best");
        return !File.Exists(Path.Combine(folder, AdaptationStore.FileName)) && Directory.Exists(best) ? best : folder;
    }

    public void Dispose()
    {
        Predictor.Dispose();
        Model?.Dispose();
        Encoder?.Dispose();
    }

    /// <summary>The name under ATTUNE_MODELS, where there is a model of that name.</summary>
    private static string Known(string provenance, string what, string flag)
    {
        // "name hash"; a name may hold blanks.
        var name = provenance[..Math.Max(0, provenance.LastIndexOf(' '))];
        try
        {
            return ModelLocator.Find(name);
        }
        catch (AttuneException)
        {
            throw new AttuneException($"the adaptation was fitted with the {what} '{name}', and none was given; give it with {flag} PATH");
        }
    }
}

using Attune.Cli.Settings;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Models;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>A saved adaptation with the models that it was fitted with, loaded and compared.</summary>
internal sealed class BoundAdaptation : IDisposable
{
    public static FlagSetting AnyModel() => new("any-model", "Take the adaptation with another model or encoder than the one it was fitted with.");

    private BoundAdaptation(Adaptation adaptation, LanguageModel? model, SentenceEncoder? encoder, OverflowPolicy overflow)
    {
        (Adaptation, Model, Encoder) = (adaptation, model, encoder);
        Predictor = new Predictor(adaptation, model, encoder, overflow);
    }

    public Adaptation Adaptation { get; }
    public LanguageModel? Model { get; }
    public SentenceEncoder? Encoder { get; }
    public Predictor Predictor { get; }

    /// <exception cref="AttuneException">The folder holds none, or a model is missing or another one.</exception>
    public static BoundAdaptation Open(string folder, ModelSettings settings, FlagSetting anyModel, Invocation call)
    {
        var adaptation = AdaptationStore.Load(FolderOf(folder));
        var provenance = adaptation.Provenance;
        var any = anyModel.Get(call.Parse);
        LanguageModel? model = null;
        SentenceEncoder? encoder = null;
        try
        {
            if (provenance.Model.Length > 0)
            {
                var path = settings.Model.Get(call.Parse) ?? Known(provenance.Model, "language model", "--model");
                model = settings.LoadModel(path, call.Parse);
                RequireSame(provenance.Model, model.Description, "model", "--model", any);
            }
            if (provenance.Encoder.Length > 0)
            {
                encoder = ModelLoader.LoadEncoder(settings.Encoder.Get(call.Parse) ?? Known(provenance.Encoder, "sentence encoder", "--encoder"));
                RequireSame(provenance.Encoder, encoder.Description, "encoder", "--encoder", any);
            }
            return new BoundAdaptation(adaptation, model, encoder, settings.OnOverflow.Get(call.Parse));
        }
        catch
        {
            model?.Dispose();
            encoder?.Dispose();
            throw;
        }
    }

    /// <summary>The folder itself, or the winner's in the folder of a comparison.</summary>
    private static string FolderOf(string given)
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
        var name = Split(provenance).Name;
        try
        {
            return ModelLocator.Find(name);
        }
        catch (AttuneException)
        {
            throw new AttuneException($"the adaptation was fitted with the {what} '{name}', and none was given; give it with {flag} PATH");
        }
    }

    private static void RequireSame(string provenance, ModelDescription found, string what, string flag, bool any)
    {
        var (name, hash) = Split(provenance);
        if (any || hash == found.Hash)
            return;
        throw new AttuneException(name == found.Name
            ? $"the {what} '{found.Path}' has changed since the adaptation was fitted (hash {found.Hash}, then {hash}); give the file as it was with {flag}, or use it nevertheless with --any-model"
            : $"the adaptation was fitted with the {what} '{name}' and '{found.Name}' was given; give {name} with {flag}, or use the other nevertheless with --any-model");
    }

    /// <summary>"name hash"; a name may hold blanks.</summary>
    private static (string Name, string Hash) Split(string provenance) =>
        provenance.LastIndexOf(' ') is var at and >= 0 ? (provenance[..at], provenance[(at + 1)..]) : (provenance, "");
}

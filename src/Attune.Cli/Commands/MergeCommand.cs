using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Methods;
using Attune.Methods.Merging;
using Attune.Models;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Saving;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>merge ADAPTATION -o OUT: an adapter into the weights of its model, checked by logits.</summary>
internal sealed class MergeCommand : CliCommand
{
    private readonly Argument<string> adaptation;
    private readonly ModelSettings models = new();
    private readonly FlagSetting anyModel = BoundAdaptation.AnyModel();
    private readonly Setting<string?> output = new("output", "OUT", "Folder to write; of a GGUF model the file, or a folder for it.", Values.Text, null, "-o");
    private readonly Setting<TensorType?> type = ModelsConvertCommand.TypeSetting();
    private readonly FlagSetting force = ModelsConvertCommand.ForceSetting();

    public MergeCommand()
        : base("merge", "Writes a model with an adapter in its weights, in the model's own layout, and compares the logits with those of the adapter beside it.")
    {
        adaptation = Required("ADAPTATION", "Folder of a fitted adaptation, or one that PEFT has saved.");
        Add([output, type, force, anyModel]);
        Add(models.All.Except([models.Encoder, models.OnOverflow, models.Precision]));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "merge adaptations/lora --model model.gguf -o merged.gguf",
        "merge path/to/peft-folder --model path/to/base -o merged --type bf16",
    ];

    public override int Run(Invocation call)
    {
        var given = output.Get(call.Parse) ?? throw new AttuneException("merge needs a place for the result; give one with -o OUT");
        using var bound = BoundAdaptation.Open(call.Parse.GetValue(adaptation)!, models, anyModel, call, BoundAdaptation.NoTask);
        if (bound is not { Model: { } model, Predictor.Sites: { } attached })
            throw new AttuneException("the adaptation changes no weights, so there is nothing to merge; use it beside the model");
        var source = ModelLocator.Find(model.Description.Path);
        var path = PathOf(given, source);
        OutputFolder.RequireApart(path, call.Parse.GetValue(adaptation)!);
        using var plan = MergePlan.Of(bound.Adaptation, model, attached);
        using var progress = new FitProgress(call.Shell, "merging");
        ModelSaver.Save(source, path, new SaveOptions
        {
            Type = type.Get(call.Parse), Overwrite = force.Get(call.Parse), Changes = plan.Changes,
            Progress = ModelsConvertCommand.Watched(progress, call),
        });
        progress.Dispose();
        return Check(attached, model, path, call);
    }

    /// <summary>A GGUF model is one file: into a folder it goes under its own name.</summary>
    private static string PathOf(string given, string source) =>
        Directory.Exists(source) || given.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? given : Path.Combine(given, Path.GetFileName(source));

    private int Check(SiteSet attached, LanguageModel model, string path, Invocation call)
    {
        using var merged = models.LoadModel(path, call);
        var difference = LogitDifference.Between(model.Transformer, attached, merged.Transformer);
        var stored = TypesOf(path);
        var tolerance = MergeTolerance.Of(stored) * Math.Max(1, difference.LargestLogit);
        var moved = LogitDifference.Between(model.Transformer, attached, model.Transformer);
        Report(path, difference, tolerance, stored, call.Shell);
        if (!MergeTolerance.IsNearer(difference, moved))
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture,
                $"the merged model's logits differ by {difference.Largest:g3} from those of the adapter beside the model, no less than the {moved.Largest:g3} of the model without it, so rounding to {string.Join(", ", stored.Select(TensorTypes.Name))} hides the adapter; merge with a finer --type and do not use '{path}'"), AttuneErrorKind.Work);
        if (!(difference.Largest <= tolerance))
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture,
                $"the merged model's logits differ by {difference.Largest:g3} from those of the adapter beside the model, more than the {tolerance:g2} that rounding to {string.Join(", ", stored.Select(TensorTypes.Name))} explains; do not use '{path}'"), AttuneErrorKind.Work);
        return ExitCode.Done;
    }

    private static List<TensorType> TypesOf(string path)
    {
        var info = ModelFileInfo.Read(path);
        return [.. info.Types.Where(t => info.Tensors.Any(x => x.Type == t.Type && x.Shape.Count > 1)).Select(t => t.Type)];
    }

    private static void Report(string path, LogitDifference difference, double tolerance, List<TensorType> stored, Shell shell)
    {
        if (shell.Json)
        {
            shell.WriteJson(new JsonObject
            {
                ["path"] = path, ["bytes"] = ModelsConvertCommand.BytesOf(path), ["types"] = JsonText.Array(stored.Select(TensorTypes.Name)),
                ["largest_difference"] = JsonText.Number(difference.Largest), ["tolerance"] = tolerance, ["largest_logit"] = JsonText.Number(difference.LargestLogit),
                ["same_best"] = difference.SameBest, ["positions"] = difference.Positions,
            });
            return;
        }
        shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Visible.Line(path)}: {Amounts.Bytes(ModelsConvertCommand.BytesOf(path))}; largest difference of logits {difference.Largest:g3} (tolerance {tolerance:g2}, largest logit {difference.LargestLogit:g3}), the same likeliest token at {difference.SameBest} of {difference.Positions} positions"));
    }
}

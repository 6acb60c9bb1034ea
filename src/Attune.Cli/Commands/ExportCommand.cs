using System.CommandLine;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Methods;
using Attune.Methods.Adapters;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Saving;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>export ADAPTATION --to FORMAT -o OUT: an adaptation in the formats of other programs.</summary>
internal sealed class ExportCommand : CliCommand
{
    private readonly Argument<string> adaptation;
    private readonly ModelSettings models = new();
    private readonly FlagSetting anyModel = BoundAdaptation.AnyModel();
    private readonly Setting<string?> output = new("output", "OUT", "Folder (peft) or file to write.", Values.Text, null, "-o");
    private readonly Setting<ExportFormat?> to = new(
        "to", "FORMAT", "peft, gguf-lora, gguf-control-vector or safetensors.",
        Values.OneOf<ExportFormat?>(("peft", ExportFormat.Peft), ("gguf-lora", ExportFormat.GgufLora), ("gguf-control-vector", ExportFormat.GgufControlVector), ("safetensors", ExportFormat.Safetensors)), null);
    private readonly FlagSetting force = ModelsConvertCommand.ForceSetting();

    public ExportCommand()
        : base("export", "Writes an adaptation for other programs: PEFT's folder, llama.cpp's adapter or control vector, or plain safetensors.")
    {
        adaptation = Required("ADAPTATION", "Folder of a fitted adaptation, or one that PEFT has saved.");
        Add([to, output, force, anyModel]);
        Add(models.All.Except([models.Encoder, models.OnOverflow, models.Precision]));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "export adaptations/lora --to peft -o lora-peft",
        "export adaptations/lora --to gguf-lora --model model.gguf -o lora.gguf",
    ];

    public override int Run(Invocation call)
    {
        var path = output.Get(call.Parse) ?? throw new AttuneException("export needs a place for the result; give one with -o OUT");
        var format = to.Get(call.Parse) ?? throw new AttuneException("export needs a format; give one with --to peft, gguf-lora, gguf-control-vector or safetensors");
        if (format is ExportFormat.Peft or ExportFormat.Safetensors && (models.Model.IsGiven(call.Parse) || anyModel.Get(call.Parse)))
            throw new AttuneException($"export --to {(format == ExportFormat.Peft ? "peft" : "safetensors")} reads no model; leave out --model and --any-model, which the GGUF formats take");
        RequireFree(path, format, force.Get(call.Parse));
        OutputFolder.RequireApart(path, call.Parse.GetValue(adaptation)!);
        if (models.Model.IsGiven(call.Parse))
            OutputFolder.RequireApart(path, ModelLocator.Find(models.Model.Get(call.Parse)!));
        switch (format)
        {
            case ExportFormat.Peft:
                WritePeft(Load(call), path);
                break;
            case ExportFormat.GgufLora:
                WriteLora(call, path);
                break;
            case ExportFormat.GgufControlVector:
                WriteControlVector(call, path);
                break;
            default:
                WriteSafetensors(Load(call), path);
                break;
        }
        var bytes = ModelsConvertCommand.BytesOf(path);
        if (call.Shell.Json)
            call.Shell.WriteJson(new JsonObject { ["path"] = path, ["bytes"] = bytes });
        else
            call.Shell.Out.WriteLine($"{Visible.Line(path)}: {Amounts.Bytes(bytes)}");
        return ExitCode.Done;
    }

    private static void RequireFree(string path, ExportFormat format, bool overwrite)
    {
        if (format == ExportFormat.Peft ? File.Exists(path) : Directory.Exists(path))
            throw new AttuneException(format == ExportFormat.Peft ? $"'{path}' is a file, and PEFT wants a folder; give another name with -o" : $"'{path}' is a folder, and this format is a file; give the name of one with -o");
        var there = File.Exists(path) || Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any();
        if (there && !overwrite)
            throw new AttuneException($"'{path}' is there already; give another name with -o, or replace it with --force");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent)
            Directory.CreateDirectory(parent);
    }

    /// <summary>The adaptation without its model.</summary>
    private Adaptation Load(Invocation call)
    {
        var folder = call.Parse.GetValue(adaptation)!;
        return PeftAdaptations.IsOne(folder) ? PeftAdaptations.Load(folder, BoundAdaptation.NoTask()) : AdaptationStore.Load(BoundAdaptation.FolderOf(folder));
    }

    private static void WritePeft(Adaptation adaptation, string path)
    {
        if (adaptation.Interventions.OfType<AdapterIntervention>().FirstOrDefault() is not { } adapter)
            throw new AttuneException($"{adaptation.Provenance.Method} has no form as a PEFT folder; choose another format, for instance --to safetensors");
        OutputFolder.RequireReplaceable(path, []);
        var staging = OutputFolder.Staging(path);
        try
        {
            adapter.Folder.Write(staging);
            OutputFolder.Replace(staging, path);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    private void WriteLora(Invocation call, string path)
    {
        using var bound = BoundAdaptation.Open(call.Parse.GetValue(adaptation)!, models, anyModel, call, BoundAdaptation.NoTask);
        if (bound.Adaptation.Interventions is not [AdapterIntervention adapter] || bound.Model is not { } model)
            throw new AttuneException($"{bound.Adaptation.Provenance.Method} is no low-rank adapter alone, which is what --to gguf-lora writes; choose another format");
        PeftGguf.Of(adapter.Folder, model).Write(path);
    }

    private void WriteControlVector(Invocation call, string path)
    {
        var loaded = Load(call);
        if (loaded.Interventions.OfType<IControlVector>().FirstOrDefault() is not { } vectors || loaded.Interventions.Count > 1)
            throw new AttuneException($"{loaded.Provenance.Method} is no set of directions alone, which is what --to gguf-control-vector writes; choose another format");
        if (vectors.Lost is { } lost)
            call.Shell.Warn(lost);
        using var bound = models.Model.IsGiven(call.Parse) ? BoundAdaptation.Open(call.Parse.GetValue(adaptation)!, models, anyModel, call, BoundAdaptation.NoTask) : null;
        var hint = bound?.Model is { } model ? GgufTensorNames.ArchitectureOf(model.Transformer) : null;
        new GgufControlVector(hint, vectors.Directions).Write(path);
    }

    private static void WriteSafetensors(Adaptation adaptation, string path)
    {
        var bag = new TensorBag();
        var descriptions = new JsonArray();
        foreach (var intervention in adaptation.Interventions)
        {
            var description = intervention.Save(bag);
            description.Insert(0, "kind", intervention.GetType().Name);
            descriptions.Add(description);
        }
        if (bag.IsEmpty)
            throw new AttuneException($"{adaptation.Provenance.Method} holds no tensors; its whole content is in adaptation.json");
        var provenance = adaptation.Provenance;
        SafetensorsWriter.Write(path, bag.ToWrite(), new Dictionary<string, string>
        {
            ["format"] = "attune", ["method"] = provenance.Method, ["options"] = provenance.Options, ["model"] = provenance.Model, ["interventions"] = descriptions.ToJsonString(),
        });
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Models.Files;
using Attune.Models.Saving;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>models convert MODEL -o OUT: a folder to GGUF or back, or the same format in another type.</summary>
internal sealed class ModelsConvertCommand : CliCommand
{
    private const string GgufEnding = ".gguf";

    private readonly Argument<string> model;
    private readonly Setting<string?> output = new("output", "OUT", "The file (GGUF) or folder to write.", Values.Text, null, "-o");
    private readonly Setting<TensorType?> type = TypeSetting();
    private readonly Setting<ModelFormat?> to = new(
        "to", "gguf|safetensors", "The format. (default: gguf where OUT ends in .gguf, else safetensors)",
        Values.OneOf<ModelFormat?>(("gguf", ModelFormat.Gguf), ("safetensors", ModelFormat.Safetensors)), null);
    private readonly FlagSetting force = ForceSetting();

    public ModelsConvertCommand()
        : base("convert", "Writes a model as GGUF or as a folder in Hugging Face layout, tokenizer and chat template included, or in another type.")
    {
        model = Required("MODEL", "A GGUF file, a Hugging Face folder, or a name under ATTUNE_MODELS.");
        Add([output, type, to, force]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "models convert path/to/folder -o model.gguf --type q8_0",
        "models convert model.gguf -o folder --type bf16",
    ];

    public static Setting<TensorType?> TypeSetting() => new(
        "type", "TYPE", "Type of the matrices: f32, f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1, q4_k, q6_k. (default: as they are)", t => TensorConversion.ParseType(t), null);

    public static FlagSetting ForceSetting() => new("force", "Replace what is there.");

    public override int Run(Invocation call)
    {
        var path = output.Get(call.Parse) ?? throw new AttuneException("convert needs a place for the result; give one with -o OUT");
        var format = to.Get(call.Parse) ?? (path.EndsWith(GgufEnding, StringComparison.OrdinalIgnoreCase) ? ModelFormat.Gguf : ModelFormat.Safetensors);
        using var progress = new FitProgress(call.Shell, "converting");
        var written = ModelSaver.Save(call.Parse.GetValue(model)!, path, new SaveOptions
        {
            Format = format, Type = type.Get(call.Parse), Overwrite = force.Get(call.Parse), Progress = Watched(progress, call),
        });
        progress.Dispose();
        Report(path, written, call.Shell);
        return ExitCode.Done;
    }

    /// <summary>Shows the share, and stops the work on Ctrl-C; what is not whole is removed.</summary>
    public static Action<double> Watched(FitProgress progress, Invocation call) => share =>
    {
        call.Shell.Cancellation.ThrowIfCancellationRequested();
        progress.Show(share, "");
    };

    public static void Report(string path, IReadOnlyDictionary<TensorType, int> written, Shell shell)
    {
        var bytes = BytesOf(path);
        if (shell.Json)
        {
            var types = new JsonObject(written.Select(t => KeyValuePair.Create(TensorTypes.Name(t.Key), (JsonNode?)t.Value)));
            shell.WriteJson(new JsonObject { ["path"] = path, ["bytes"] = bytes, ["tensors"] = types });
            return;
        }
        shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Visible.Line(path)}: {Amounts.Bytes(bytes)}, {string.Join(", ", written.Select(t => $"{TensorTypes.Name(t.Key)} {t.Value.ToString(CultureInfo.InvariantCulture)}"))}"));
    }

    public static long BytesOf(string path) => File.Exists(path) ? new FileInfo(path).Length : new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Models.Loading;
using Attune.Models.Verification;
using Attune.Tensors;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary>models verify MODEL: its files by themselves, and what it computes beside a golden.</summary>
internal sealed class ModelsVerifyCommand : CliCommand
{
    private readonly Argument<string> model;
    private readonly Setting<string?> golden = new("golden", "DIR", "Folder with expected.json and expected.safetensors. (default: the model's own, where it has them)", Values.Text, null);

    public ModelsVerifyCommand()
        : base("verify", "Checks a model's files (hashes, tensors, tokenizer, template) and compares what it computes with a golden.")
    {
        model = Required("MODEL", "A GGUF file, a Hugging Face folder, or a name under ATTUNE_MODELS.");
        Add([golden]);
    }

    public override IReadOnlyList<string> Examples => ["models verify model.gguf", "models verify path/to/folder --golden path/to/golden --json"];

    public override int Run(Invocation call)
    {
        var path = ModelLocator.Find(call.Parse.GetValue(model)!);
        var files = FileChecks.Run(path, call.Shell.Cancellation).ToList();
        var (checks, left) = Replay(path, files, call);
        var passed = files.All(f => f.Passed != false) && checks.All(c => c.Passed);
        if (call.Shell.Json)
            call.Shell.WriteJson(Json(path, passed, files, checks, left));
        else
            Write(passed, files, checks, left, call.Shell);
        return passed ? ExitCode.Done : ExitCode.WorkFailed;
    }

    private (IReadOnlyList<TensorCheck> Checks, IReadOnlyList<string> Left) Replay(string path, List<FileCheck> files, Invocation call)
    {
        var folder = golden.Get(call.Parse) ?? (Directory.Exists(path) && File.Exists(Path.Combine(path, "expected.safetensors")) ? path : null);
        LoadedModel loaded;
        try
        {
            loaded = LoadedModel.Open(path);
        }
        catch (AttuneException e)
        {
            files.Add(new FileCheck("weights", false, e.Message));
            return ([], []);
        }
        using (loaded)
        {
            files.Add(new FileCheck("weights", true, string.Create(CultureInfo.InvariantCulture, $"every tensor is there, of its shape, finite and of use to '{loaded.Transformer.Architecture}'")));
            return folder is null ? ([], []) : GoldenReplay.Run(loaded.Transformer, folder);
        }
    }

    private static JsonObject Json(string path, bool passed, IReadOnlyList<FileCheck> files, IReadOnlyList<TensorCheck> checks, IReadOnlyList<string> left) => new()
    {
        ["path"] = path, ["passed"] = passed,
        ["files"] = new JsonArray([.. files.Select(f => (JsonNode)new JsonObject { ["what"] = f.What, ["passed"] = f.Passed, ["found"] = f.Found })]),
        ["tensors"] = new JsonArray([.. checks.Select(c => (JsonNode)new JsonObject { ["name"] = c.Name, ["error"] = JsonText.Number(c.Error), ["tolerance"] = c.Tolerance, ["passed"] = c.Passed })]),
        ["not_compared"] = JsonText.Array(left),
    };

    private static void Write(bool passed, IReadOnlyList<FileCheck> files, IReadOnlyList<TensorCheck> checks, IReadOnlyList<string> left, Shell shell)
    {
        var console = shell.OutConsole();
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var file in files)
            grid.AddRow(Mark(file.Passed), Visible.Markup(file.What), Visible.Markup(file.Found));
        console.Write(grid);
        if (checks.Count > 0)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn("tensor").AddColumn(new TableColumn("largest error").RightAligned()).AddColumn(new TableColumn("tolerance").RightAligned());
            foreach (var check in checks)
                table.AddRow(Mark(check.Passed), Visible.Markup(check.Name), Number(check.Error), Number(check.Tolerance));
            console.Write(table);
        }
        if (left.Count > 0)
            shell.Note($"not compared: {string.Join(", ", left)}");
        shell.Out.WriteLine(passed ? "verified" : "not verified: see what is marked with ✗");
    }

    private static string Mark(bool? passed) => passed switch { true => "✓", false => "✗", null => "·" };

    private static string Number(double value) => value.ToString("g3", CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Models.Loading;
using Attune.Tensors;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary>models: what models there are and what they hold.</summary>
internal sealed class ModelsCommand() : CliCommand("models", "Lists local models, shows what one holds, and tokenizes text.")
{
    public override IReadOnlyList<string> Examples => ["models list", "models info model.gguf"];

    public override IReadOnlyList<CliCommand> Children { get; } = [new ListCommand(), new InfoCommand(), new ModelsPullCommand(), new ModelsConvertCommand(), new ModelsTokenizeCommand()];

    public override int Run(Invocation call) => throw new NotSupportedException("a group of commands does nothing by itself");

    /// <summary>models list: every model in the folders of names.</summary>
    private sealed class ListCommand() : CliCommand("list", "Lists the models in the folders of ATTUNE_MODELS, or in ~/.cache/attune.")
    {
        public override IReadOnlyList<string> Examples => ["models list", "models list --json"];

        public override int Run(Invocation call)
        {
            var found = ModelLocator.List();
            if (call.Shell.Json)
            {
                call.Shell.WriteJson(new JsonArray([.. found.Select(p => (JsonNode)new JsonObject { ["name"] = NameOf(p), ["path"] = p, ["bytes"] = BytesOf(p) })]));
                return ExitCode.Done;
            }
            if (found.Count == 0)
            {
                call.Shell.Note($"There is no model under {string.Join(", ", ModelLocator.Folders())}; put one there, or name folders in ATTUNE_MODELS. Commands also take a path with --model.");
                return ExitCode.Done;
            }
            var table = new Table().Border(TableBorder.Simple).AddColumn("name").AddColumn(new TableColumn("size").RightAligned()).AddColumn("path");
            foreach (var path in found)
                table.AddRow(Visible.Markup(NameOf(path)), Amounts.Bytes(BytesOf(path)), Visible.Markup(path));
            call.Shell.OutConsole().Write(table);
            return ExitCode.Done;
        }

        /// <summary>What --model takes: the path below the folder of names.</summary>
        private static string NameOf(string path) => ModelLocator.Folders()
            .Select(f => Path.GetRelativePath(f, path)).FirstOrDefault(r => !r.StartsWith("..", StringComparison.Ordinal)) ?? path;

        private static long BytesOf(string path) => File.Exists(path) ? new FileInfo(path).Length
            : new DirectoryInfo(path).EnumerateFiles("*", SearchOption.TopDirectoryOnly).Sum(f => f.Length);
    }

    /// <summary>models info FILE: architecture, sizes, tensors, tokenizer, template.</summary>
    private sealed class InfoCommand : CliCommand
    {
        private readonly Argument<string> file;

        public InfoCommand()
            : base("info", "Shows a model's architecture, sizes, tensors, tokenizer and, with -v, its chat template.") =>
            file = Required("FILE", "A GGUF file, a Hugging Face folder, or a name under ATTUNE_MODELS.");

        public override IReadOnlyList<string> Examples => ["models info model.gguf", "models info model.gguf --json"];

        public override int Run(Invocation call)
        {
            var facts = ModelFacts.Read(call.Parse.GetValue(file)!);
            if (call.Shell.Json)
                call.Shell.WriteJson(facts.ToJson());
            else
                facts.Write(call.Shell.OutConsole(), call.Shell.Verbose);
            return ExitCode.Done;
        }
    }
}

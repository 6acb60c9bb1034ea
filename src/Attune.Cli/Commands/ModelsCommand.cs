using System.CommandLine;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Models.Loading;
using Attune.Tensors;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary>models: what models there are and what they hold.</summary>
internal sealed class ModelsCommand() : CliCommand("models", "Lists, shows, fetches, converts and verifies models, and tokenizes text.")
{
    public override IReadOnlyList<string> Examples => ["models list", "models info model.gguf", "models pull HuggingFaceTB/SmolLM2-135M-Instruct"];

    public override IReadOnlyList<CliCommand> Children { get; } = [new ListCommand(), new InfoCommand(), new ModelsPullCommand(), new ModelsConvertCommand(), new ModelsVerifyCommand(), new ModelsTokenizeCommand()];

    public override int Run(Invocation call) => throw new NotSupportedException("a group of commands does nothing by itself");

    /// <summary>models list: every model in the folders of names.</summary>
    private sealed class ListCommand() : CliCommand("list", "Lists the models in the folders of ATTUNE_MODELS, or in ~/.cache/attune.")
    {
        public override IReadOnlyList<string> Examples => ["models list", "models list --json"];

        public override int Run(Invocation call)
        {
            var found = ModelLocator.List().Select(ModelEntry.Read).ToList();
            if (call.Shell.Json)
            {
                call.Shell.WriteJson(new JsonArray([.. found.Select(m => (JsonNode)m.ToJson())]));
                return ExitCode.Done;
            }
            if (found.Count == 0)
            {
                call.Shell.Note($"There is no model under {string.Join(", ", ModelLocator.Folders())}; put one there, or name folders in ATTUNE_MODELS. Commands also take a path with --model.");
                return ExitCode.Done;
            }
            var table = new Table().Border(TableBorder.Simple).AddColumn("name").AddColumn("architecture").AddColumn(new TableColumn("parameters").RightAligned()).AddColumn("format").AddColumn(new TableColumn("size").RightAligned()).AddColumn("path");
            foreach (var model in found)
                table.AddRow(Visible.Markup(model.Name), Visible.Markup(model.Architecture ?? "?"), model.Parameters is { } p ? Amounts.Count(p) : "?", Visible.Markup(model.Format), Amounts.Bytes(model.Bytes), Visible.Markup(model.Path));
            call.Shell.OutConsole().Write(table);
            return ExitCode.Done;
        }
    }

    /// <summary>models info FILE: architecture, sizes, tensors, tokenizer, template, sites.</summary>
    private sealed class InfoCommand : CliCommand
    {
        /// <summary>Larger models are not loaded for what their files do not say.</summary>
        private const long Small = 1L << 30;

        private readonly Argument<string> file;

        public InfoCommand()
            : base("info", "Shows a model's architecture, sizes, tokenizer and sites; with -v also its configuration, chat template and every tensor.") =>
            file = Required("FILE", "A GGUF file, a Hugging Face folder, or a name under ATTUNE_MODELS.");

        public override IReadOnlyList<string> Examples => ["models info model.gguf", "models info model.gguf --json"];

        public override int Run(Invocation call)
        {
            var facts = ModelFacts.Read(call.Parse.GetValue(file)!);
            facts = facts with { Sites = facts.All.Sum(t => t.Bytes) <= Small ? SitesOf(facts.Path, call.Shell) : null };
            if (call.Shell.Json)
                call.Shell.WriteJson(facts.ToJson());
            else
                facts.Write(call.Shell.OutConsole(), call.Shell.Verbose);
            return ExitCode.Done;
        }

        /// <summary>Null where the model cannot be loaded here; what its files say is shown all the same.</summary>
        private static IReadOnlyList<string>? SitesOf(string path, Shell shell)
        {
            try
            {
                using var model = LoadedModel.Open(path);
                return [.. model.Transformer.Sites.Select(s => s.ToString().ToLowerInvariant())];
            }
            catch (AttuneException e)
            {
                shell.Warn($"the model cannot be loaded, so its sites are not shown: {e.Message}");
                return null;
            }
        }
    }
}

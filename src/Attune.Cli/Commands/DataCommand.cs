using System.CommandLine;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Models.Loading;

namespace Attune.Cli.Commands;

/// <summary>data: what stands in files of examples.</summary>
internal sealed class DataCommand() : CliCommand("data", "Looks at files of examples.")
{
    public override IReadOnlyList<string> Examples => ["data inspect my.csv"];

    public override IReadOnlyList<CliCommand> Children { get; } = [new InspectCommand()];

    public override int Run(Invocation call) => throw new NotSupportedException("a group of commands does nothing by itself");

    /// <summary>data inspect FILE: what compare would understand of the data.</summary>
    private sealed class InspectCommand : CliCommand
    {
        private readonly Argument<string> file;
        private readonly DataSettings data = new();
        private readonly Setting<string?> test = new("test", "FILE", "A file of test rows.", Values.Text, null);
        private readonly Setting<string?> model = new("model", "PATH", "Count lengths in this model's tokens.", Values.Text, null);

        public InspectCommand()
            : base("inspect", "Says what is understood of a file or folder of examples, and what is odd about it.")
        {
            file = Required("FILE", "JSONL, JSON, CSV or TSV, or a folder with task.json.");
            Add(data.All);
            Add([test, model]);
        }

        public override IReadOnlyList<string> Examples => ["data inspect my.csv", "data inspect my.csv --text review --label stars --json"];

        public override int Run(Invocation call)
        {
            var options = data.Options(call.Parse) with { TestFile = test.Get(call.Parse) };
            if (model.Get(call.Parse) is { } path)
            {
                var tokenizer = TokenizerLoader.Load(path);
                options = options with { CountTokens = text => tokenizer.Encode(text, addSpecial: false, parseSpecial: false).Length };
            }
            var dataset = data.Read(call.Parse.GetValue(file)!, options, call.Parse);
            if (call.Shell.Json)
                call.Shell.WriteJson(DataReportText.ToJson(dataset));
            else
                DataReportText.Write(dataset, call.Shell.OutConsole(), call.Shell.Verbose);
            return ExitCode.Done;
        }
    }
}

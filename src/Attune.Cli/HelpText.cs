using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Attune.Cli.Commands;

namespace Attune.Cli;

/// <summary>The help of a command: what it does, its arguments and options, and examples that work.</summary>
internal sealed class HelpText(IReadOnlyDictionary<Command, CliCommand> commands, HelpAction standard) : SynchronousCommandLineAction
{
    private const int Width = 110;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parse)
    {
        standard.MaxWidth = Width;
        var code = standard.Invoke(parse);
        var output = parse.InvocationConfiguration.Output;
        var command = parse.CommandResult.Command;
        var examples = commands.TryGetValue(command, out var own) ? own.Examples : ["compare my.csv --model model.gguf"];
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (var example in examples)
            output.WriteLine($"  attune {example}");
        return code;
    }
}

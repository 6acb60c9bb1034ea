using System.CommandLine;
using Attune.Cli.Settings;

namespace Attune.Cli.Commands;

/// <summary>A command: its arguments and options, examples, and what it does.</summary>
internal abstract class CliCommand(string name, string summary)
{
    public Command Command { get; } = new(name, summary);

    /// <summary>Command lines that work, without "attune".</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    public virtual IReadOnlyList<CliCommand> Children => [];

    /// <returns>The exit code.</returns>
    public abstract int Run(Invocation call);

    /// <summary>The commands in the order in which the help lists them.</summary>
    public static IReadOnlyList<CliCommand> CreateAll(GlobalSettings global) =>
    [
        new CompareCommand(global), new FitCommand(), new PredictCommand(), new EvaluateCommand(), new ChatCommand(),
        new MergeCommand(), new ExportCommand(), new PretrainCommand(),
        new ModelsCommand(), new MethodsCommand(), new DataCommand(), new BenchCommand(), new ReproduceCommand(),
    ];

    protected void Add(IEnumerable<Setting> settings)
    {
        foreach (var setting in settings)
            Command.Add(setting.Option);
    }

    /// <summary>An argument that the parser does not demand, so that the command itself says how to give it.</summary>
    protected Argument<string?> Argument(string name, string meaning)
    {
        var argument = new Argument<string?>(name) { Description = meaning, Arity = ArgumentArity.ZeroOrOne };
        Command.Add(argument);
        return argument;
    }

    protected Argument<string> Required(string name, string meaning)
    {
        var argument = new Argument<string>(name) { Description = meaning, Arity = ArgumentArity.ExactlyOne };
        Command.Add(argument);
        return argument;
    }
}

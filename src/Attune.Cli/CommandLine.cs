using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Attune.Cli.Commands;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Cli;

/// <summary>The tree of commands; reads a command line and runs what it names.</summary>
internal sealed class CommandLine
{
    private static readonly ParserConfiguration Parser = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    private readonly Shell shell;
    private readonly GlobalSettings global = new();
    private readonly RootCommand root = new("Finds the adaptation of a language model that is worth its cost for your task.");
    private readonly Dictionary<Command, CliCommand> commands = [];

    public CommandLine(Shell shell)
    {
        this.shell = shell;
        root.Directives.Clear();
        foreach (var setting in global.All)
        {
            setting.Option.Recursive = true;
            root.Add(setting.Option);
        }
        foreach (var command in CliCommand.CreateAll(global))
            Add(root, command);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Description = "Show help and an example.";
        help.Action = new HelpText(commands, (HelpAction)help.Action!);
    }

    /// <summary>Every command, groups too, by the words that name it: "models tokenize".</summary>
    public IEnumerable<string> Names => commands.Keys.Select(NameOf);

    public IReadOnlyCollection<CliCommand> Commands => commands.Values;

    public int Run(string[] args)
    {
        var parse = Parse(args);
        var verbose = parse.GetResult(global.Verbose.Option) is { Implicit: false };
        try
        {
            if (parse.Action is not null and not ParseErrorAction)
                return parse.Invoke(new InvocationConfiguration { Output = shell.Out, Error = shell.Error, EnableDefaultExceptionHandler = false });
            RequireGood(parse);
            return Run(parse, args);
        }
        catch (Exception e)
        {
            return Failure.Report(e, shell.Error, verbose, shell.Cancellation);
        }
    }

    /// <summary>Reads a command line without running it; throws what <see cref="Run(string[])"/> would report as a wrong request.</summary>
    /// <exception cref="AttuneException">A command or option is unknown, or a value is wrong.</exception>
    public void Check(string[] args)
    {
        var parse = Parse(args);
        if (parse.Action is not HelpText)
            RequireGood(parse);
    }

    private ParseResult Parse(string[] args) => root.Parse(args.Length == 0 ? ["--help"] : args, Parser);

    private int Run(ParseResult parse, string[] args)
    {
        if (!commands.TryGetValue(parse.CommandResult.Command, out var command))
            throw new AttuneException($"no command was given; 'attune --help' lists them");
        // Read before the work, so that a wrong ATTUNE_THREADS or ATTUNE_KERNELS is said at once.
        ThreadTeam.Threads = global.Threads.Get(parse) ?? ThreadTeam.Threads;
        _ = KernelTier.Name;
        var configured = shell with { Json = global.Json.Get(parse), Quiet = global.Quiet.Get(parse), Verbose = global.Verbose.Get(parse) };
        return command.Run(new Invocation(parse, configured, global, args));
    }

    private void Add(Command parent, CliCommand command)
    {
        commands.Add(command.Command, command);
        parent.Add(command.Command);
        foreach (var child in command.Children)
            Add(command.Command, child);
    }

    private void RequireGood(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var name = NameOf(command);
        if (UnknownOption(parse) is { } option)
            throw new AttuneException($"'{name}' has no option '{option}'{Nearest.Hint(option.Split('=')[0], OptionsOf(command))} ('{name} --help' lists them)");
        if (parse.UnmatchedTokens.Count > 0)
            throw Unmatched(parse.UnmatchedTokens[0], command, name);
        if (parse.Errors.Count > 0)
            throw new AttuneException(Sentence(parse.Errors[0], name));
    }

    /// <summary>A token in the form of an option that was taken for an argument or for nothing.</summary>
    private static string? UnknownOption(ParseResult parse)
    {
        var dashes = parse.Tokens.Any(t => t.Type == TokenType.DoubleDash);
        var loose = parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).Concat(parse.UnmatchedTokens);
        return dashes ? null : loose.FirstOrDefault(t => t.Length > 1 && t[0] == '-' && !char.IsAsciiDigit(t[1]));
    }

    private AttuneException Unmatched(string token, Command command, string name)
    {
        if (command.Subcommands.Count > 0)
        {
            var names = command.Subcommands.Select(c => c.Name).ToList();
            return new AttuneException($"'{name}' has no command '{token}'{Nearest.Hint(token, names)} (its commands are {string.Join(", ", names)})");
        }
        return new AttuneException($"'{name}' was given '{token}', which it does not take; '{name} --help' shows what it takes");
    }

    private static string Sentence(ParseError error, string name) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } option when option.Option.Arity.MinimumNumberOfValues > 0 => $"{option.Option.Name} needs a value{(option.Option.HelpName is { } value ? $": {option.Option.Name} {value}" : "")}",
        OptionResult { IdentifierTokenCount: > 1 } option when option.Option.Arity.MaximumNumberOfValues == 1 => $"{option.Option.Name} stands more than once; give it once",
        ArgumentResult { Tokens.Count: 0, Argument: { } argument } => $"'{name}' needs {argument.Name}; '{name} --help' shows an example",
        CommandResult { Command.Subcommands: { Count: > 0 } commands } => $"'{name}' needs one of its commands: {string.Join(", ", commands.Select(c => c.Name))}",
        _ => error.Message,
    };

    private static IEnumerable<string> OptionsOf(Command command)
    {
        for (var c = command; c is not null; c = c.Parents.OfType<Command>().FirstOrDefault())
        {
            foreach (var option in c.Options.Where(o => c == command || o.Recursive))
                yield return option.Name;
        }
    }

    internal static string NameOf(Command command) =>
        command is RootCommand ? "attune" : NameOf(command.Parents.OfType<Command>().First()) + " " + command.Name;
}

using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>Where a command reads and writes, and how it may look. Results go to <see cref="Out"/>, all else to <see cref="Error"/>.</summary>
internal sealed record Shell
{
    /// <summary>Columns of what goes to a file or pipe: so wide that nothing is broken.</summary>
    private const int FileWidth = 10_000;

    public required TextReader In { get; init; }
    public required TextWriter Out { get; init; }
    public required TextWriter Error { get; init; }
    public required Interruption Interruption { get; init; }

    public bool InIsTerminal { get; init; }
    public bool OutIsTerminal { get; init; }
    public bool ErrorIsTerminal { get; init; }

    /// <summary>False where NO_COLOR is set.</summary>
    public bool Colour { get; init; }

    /// <summary>--json: one JSON value, or one a line, and nothing else on <see cref="Out"/>.</summary>
    public bool Json { get; init; }

    /// <summary>--quiet: results and errors only.</summary>
    public bool Quiet { get; init; }

    /// <summary>-v: prompts, stack traces, more columns.</summary>
    public bool Verbose { get; init; }

    /// <summary>What comes with the program; nothing where a test runs it within itself.</summary>
    public Bundled Bundled { get; init; } = Bundled.None;

    public CancellationToken Cancellation => Interruption.Token;

    /// <summary>Whether a bar may be drawn.</summary>
    public bool ShowsBars => ErrorIsTerminal && !Quiet;

    public static Shell OfProcess(Interruption interruption) => new()
    {
        In = Console.IsInputRedirected ? Utf8Text.Reader(Console.OpenStandardInput()) : Console.In,
        Out = Console.Out,
        Error = Console.Error,
        Interruption = interruption,
        Bundled = Bundled.OfProgram(),
        InIsTerminal = !Console.IsInputRedirected,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Colour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb",
    };

    /// <summary>A console for tables on <see cref="Out"/>.</summary>
    public IAnsiConsole OutConsole() => ConsoleOn(Out, OutIsTerminal);

    /// <summary>A console for bars and notes on <see cref="Error"/>.</summary>
    public IAnsiConsole ErrorConsole() => ConsoleOn(Error, ErrorIsTerminal);

    /// <summary>A sentence about the work, not a result; nothing under --quiet.</summary>
    public void Note(string sentence)
    {
        if (!Quiet)
            Error.WriteLine(Visible.Lines(sentence));
    }

    /// <summary>A sentence that must be seen, even under --quiet.</summary>
    public void Warn(string sentence) => Error.WriteLine("warning: " + Visible.Lines(sentence));

    public void WriteJson(JsonNode? node, bool indented = true) => Out.WriteLine(JsonText.Write(node, indented));

    private IAnsiConsole ConsoleOn(TextWriter writer, bool terminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal && Colour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!terminal)
            console.Profile.Width = FileWidth;
        return console;
    }
}

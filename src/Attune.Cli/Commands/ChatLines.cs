using Attune.Cli.Terminal;

namespace Attune.Cli.Commands;

/// <summary>The lines of a conversation: what the user types, and the commands among them.</summary>
internal sealed class ChatLines(Shell shell)
{
    private static readonly string[] Names = ["/help", "/reset", "/system", "/exit"];

    /// <summary>The next line; null where the user has left.</summary>
    public string? Next()
    {
        if (shell.InIsTerminal)
        {
            shell.Error.Write("> ");
            shell.Error.Flush();
        }
        return shell.Interruption.Waiting(shell.In.ReadLine);
    }

    /// <summary>Runs a line that is a command. False: it is a text for the model.</summary>
    /// <param name="reset">Forgets the conversation.</param>
    /// <param name="system">Sets the instruction; null where there is none to set.</param>
    public bool TryCommand(string line, Action reset, Action<string>? system, out bool exit)
    {
        exit = false;
        if (!line.StartsWith('/'))
            return false;
        var name = line.Split(' ')[0];
        switch (name)
        {
            case "/exit" or "/quit":
                exit = true;
                break;
            case "/reset":
                reset();
                shell.Note("The conversation begins again.");
                break;
            case "/system" when system is not null:
                system(line[name.Length..].Trim());
                shell.Note("The instruction is set, and the conversation begins again.");
                break;
            case "/help":
                shell.Note(system is null
                    ? "Each line is decided alone; /exit ends; Ctrl-C stops an answer."
                    : "/reset begins again; /system TEXT sets the instruction; /exit ends; Ctrl-C stops an answer. Everything else goes to the model.");
                break;
            default:
                shell.Note($"There is no command '{name}'{Nearest.Hint(name, Names)} (/help lists them)");
                break;
        }
        return true;
    }
}

using System.Globalization;
using System.Text;
using Attune.Cli.Terminal;

namespace Attune.Cli;

/// <summary>The program: reads a command line, runs one command, and gives its exit code.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        UseInvariantCulture();
        if (OperatingSystem.IsWindows())
            Console.OutputEncoding = Encoding.UTF8;
        using var interruption = Interruption.OfProcess();
        var shell = Shell.OfProcess(interruption);
        var code = Run(args, shell);
        shell.Out.Flush();
        shell.Error.Flush();
        return code;
    }

    /// <summary>Runs a command line in this process, with these streams in place of the terminal's.</summary>
    /// <returns>The exit code: 0 done, 1 the work failed, 2 the request was wrong, 130 interrupted.</returns>
    public static int Run(string[] args, TextReader input, TextWriter output, TextWriter error)
    {
        using var interruption = new Interruption(_ => { });
        return Run(args, new Shell { In = input, Out = output, Error = error, Interruption = interruption });
    }

    public static int Run(string[] args, Shell shell) => new CommandLine(shell).Run(args);

    /// <summary>Numbers, dates and messages are the same on every machine.</summary>
    private static void UseInvariantCulture()
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
    }
}

using Attune.Cli;

namespace Attune.Tests.Cli;

/// <summary>What a command line gave, run in this process.</summary>
internal sealed record CliRun(int Code, string Out, string Error)
{
    public static CliRun Of(params string[] args) => With("", args);

    /// <param name="input">Standard input.</param>
    public static CliRun With(string input, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = Program.Run(args, new StringReader(input), output, error);
        return new CliRun(code, output.ToString(), error.ToString());
    }
}

using System.CommandLine;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;

namespace Attune.Cli.Commands;

/// <summary>One call of a command.</summary>
/// <param name="Arguments">The command line as given.</param>
internal sealed record Invocation(ParseResult Parse, Shell Shell, GlobalSettings Global, IReadOnlyList<string> Arguments)
{
    public int Seed => Global.Seed.Get(Parse);
}

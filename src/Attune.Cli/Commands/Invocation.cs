using System.CommandLine;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;

namespace Attune.Cli.Commands;

/// <summary>One call of a command.</summary>
internal sealed record Invocation(ParseResult Parse, Shell Shell, GlobalSettings Global)
{
    public int Seed => Global.Seed.Get(Parse);
}

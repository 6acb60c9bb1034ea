using System.CommandLine.Parsing;
using Attune.Cli;
using Attune.Cli.Terminal;

namespace Attune.Tests.Cli;

public class HelpTests
{
    public static TheoryData<string> Commands => [.. NewLine().Names];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_OfEveryCommand_ShowsUsageAndExamplesAndEndsWithZero(string name)
    {
        var run = CliRun.Of([.. name.Split(' ').Skip(1), "--help"]);
        Assert.Equal(0, run.Code);
        Assert.Empty(run.Error);
        Assert.Contains("Usage:", run.Out, StringComparison.Ordinal);
        Assert.Contains("Example", run.Out, StringComparison.Ordinal);
        Assert.Contains("--json", run.Out, StringComparison.Ordinal);
        Assert.Contains("--seed", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Examples_OfEveryCommand_Parse()
    {
        var examples = NewLine().Commands.SelectMany(c => c.Examples).ToList();
        Assert.NotEmpty(examples);
        foreach (var example in examples)
            NewLine().Check([.. CommandLineParser.SplitCommandLine(example)]);
    }

    [Fact]
    public void NoArguments_ShowsTheHelp()
    {
        var run = CliRun.Of();
        Assert.Equal(0, run.Code);
        Assert.Contains("compare", run.Out, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Readme_EveryAttuneCommandInItsCodeBlocks_Parses()
    {
        var readme = Path.Combine(TestFolders.RepositoryRoot, "README.md");
        Skip.IfNot(File.Exists(readme), "there is no README.md");
        foreach (var command in AttuneCommands(File.ReadLines(readme)))
        {
            var error = Record.Exception(() => NewLine().Check([.. CommandLineParser.SplitCommandLine(command)]));
            Assert.True(error is null, $"./attune {command}: {error?.Message}");
        }
    }

    [Fact]
    public void AttuneCommands_OfMarkdown_TakesCodeBlocksOnlyAndLeavesComments()
    {
        string[] lines = ["./attune outside", "```sh", "./attune methods   # the list", "echo ./attune no", "./attune models \\", "  list", "```"];
        Assert.Equal(["methods", "models   list"], AttuneCommands(lines));
    }

    private static IEnumerable<string> AttuneCommands(IEnumerable<string> markdown)
    {
        const string start = "./attune ";
        var (inside, pending) = (false, "");
        foreach (var line in markdown)
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inside = !inside;
                continue;
            }
            var text = pending + line;
            pending = "";
            if (!inside || !text.StartsWith(start, StringComparison.Ordinal))
                continue;
            if (text.EndsWith('\\'))
                pending = text[..^1];
            else
                yield return text[start.Length..].Split(" #")[0].Trim();
        }
    }

    private static CommandLine NewLine() => new(new Shell { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null, Interruption = new Interruption(_ => { }) });
}

using System.CommandLine;
using System.Text;
using Attune.Cli;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Methods;

namespace Attune.Tests.Cli;

public sealed class RunFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Plan_OfTheDocumentedRunFile_HasItsVariantsWithSetOptionsOverThem()
    {
        var path = folder.File("run.yaml", DocumentedRunFile());
        var (methods, parse) = Parse("--set", "icl-4.demonstrations=8", "--set", "icl-random.balanced=false");
        var file = RunFile.Read(path, new CompareSettings(new GlobalSettings()).All.Select(s => s.Name));
        var planned = methods.Plan(parse, file).ToDictionary(p => p.Name);
        Assert.Equal(["icl-16", "icl-4", "zero-shot"], planned.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("\"demonstrations\":8", OptionsJson.Write(planned["icl-4"].Options), StringComparison.Ordinal);
        Assert.Contains("\"demonstrations\":16", OptionsJson.Write(planned["icl-16"].Options), StringComparison.Ordinal);
        Assert.All(["icl-4", "icl-16"], name => Assert.Contains("\"balanced\":false", OptionsJson.Write(planned[name].Options), StringComparison.Ordinal));
        Assert.Equal(" good", (string?)file.Template(_ => throw new InvalidOperationException())!.Json["words"]!["pos"]);
        Assert.Equal("0,16", file.Find("shots")!.Text);
    }

    [Fact]
    public void Plan_WithMethodsOnTheCommandLine_PicksVariantsByTheirNames()
    {
        var path = folder.File("run.yaml", DocumentedRunFile());
        var (methods, parse) = Parse("--methods", "icl-4,majority");
        var file = RunFile.Read(path, new CompareSettings(new GlobalSettings()).All.Select(s => s.Name));
        var planned = methods.Plan(parse, file);
        Assert.Equal(["icl-4", "majority"], planned.Select(p => p.Name));
        Assert.Contains("\"demonstrations\":4", OptionsJson.Write(planned[0].Options), StringComparison.Ordinal);
    }

    [Fact]
    public void Find_OfAPathBesideTheFile_IsThatPath()
    {
        var data = folder.File("my.csv", "text,label\na,b\n");
        var file = RunFile.Read(folder.File("run.yaml", "data: my.csv\nmodel: elsewhere\n"), ["model"]);
        Assert.Equal(data, file.Find("data")!.Text);
        Assert.Equal("elsewhere", file.Find("model")!.Text);
        Assert.Equal(folder.Path, RunFile.Read(folder.File("own.yaml", "data: .\n"), []).Find("data")!.Text);
    }

    [Fact]
    public void StandardInput_ThatIsNotUtf8_IsAnErrorWithItsLine()
    {
        var data = folder.File("my.csv", "text,label\na,yes\nb,no\n");
        Assert.Equal(0, CliRun.Of("fit", "majority", data, "-o", folder["fit"]).Code);
        using var input = Utf8Text.Reader(new MemoryStream([.. Encoding.UTF8.GetPreamble(), (byte)'a', (byte)'\n', 0xE4, (byte)'\n']));
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(2, Program.Run(["predict", folder["fit"]], input, output, error));
        Assert.Contains("not UTF-8", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_OnATerminal_DrawsABarAndTakesItAway()
    {
        var data = folder.File("my.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"row {i},{(i % 2 == 0 ? "no" : "yes")}\n")));
        using var error = new StringWriter();
        using var interruption = new Interruption(_ => { });
        var code = Program.Run(["compare", data, "--methods", "majority", "--shots", "2", "--test", "10", "--out", folder["run"]],
            new Shell { In = TextReader.Null, Out = TextWriter.Null, Error = error, Interruption = interruption, ErrorIsTerminal = true });
        Assert.Equal(0, code);
        Assert.Contains("majority, 2 shots, seed 2", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\r", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The first YAML block of the page on the command line.</summary>
    private static string DocumentedRunFile()
    {
        var page = File.ReadAllText(Path.Combine(TestFolders.RepositoryRoot, "docs", "command-line.md"));
        return page.Split("```yaml")[1].Split("```")[0];
    }

    private static (MethodSettings Methods, ParseResult Parse) Parse(params string[] arguments)
    {
        var methods = new MethodSettings();
        var command = new RootCommand();
        command.Add(methods.Methods.Option);
        command.Add(methods.Set);
        return (methods, command.Parse(arguments));
    }
}

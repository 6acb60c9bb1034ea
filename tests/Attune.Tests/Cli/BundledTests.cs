using System.Globalization;
using System.Text.Json;
using Attune.Cli;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Methods;
using Attune.Models.Loading;

namespace Attune.Tests.Cli;

/// <summary>What compare does where it is told nothing, on a folder laid out as the repository is, with a tiny model in the place of nano.</summary>
public sealed class BundledTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public BundledTests()
    {
        Directory.CreateDirectory(folder["examples/support"]);
        Directory.CreateDirectory(folder["a/b"]);
        TinyFiles.WriteGguf(folder["tiny.gguf"]);
        folder.File("examples/support/my.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture, $"row {i},{(i % 2 == 0 ? "no" : "yes")}\n"))));
        folder.File("examples/support/run.yaml", """
            data: my.csv
            model: ../../tiny.gguf
            encoder: ../../tiny.gguf
            methods:
              - zero-shot
              - linear-probe
              - icl-knn
              - majority
              - name: setfit
                options: {max-steps: 2}
            shots: [0, 2]
            seeds: 1
            test: 4
            """);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Compare_WithoutArguments_RunsTheBundledRunAndSaysSo()
    {
        var run = Run(Bundled.Above(folder["a/b"]), "compare", "--json", "--out", folder["run"]);
        Assert.Equal(0, run.Code);
        Assert.Contains("No data and no model were given", run.Error, StringComparison.Ordinal);
        Assert.Contains(folder["examples/support/run.yaml"], run.Error, StringComparison.Ordinal);
        Assert.Contains("attune compare my.csv --model", run.Error, StringComparison.Ordinal);
        using var summary = JsonDocument.Parse(run.Out);
        var rows = summary.RootElement.GetProperty("rows").EnumerateArray().Select(r => $"{r.GetProperty("method")} {r.GetProperty("shots")}").Order(StringComparer.Ordinal);
        Assert.Equal(["icl-knn 2", "linear-probe 2", "majority 0", "majority 2", "setfit 2", "zero-shot 0"], rows);
    }

    [Fact]
    public void Compare_WithAnOptionOnly_TakesItOverTheBundledRun()
    {
        var run = Run(Bundled.Above(folder.Path), "compare", "--methods", "majority", "--shots", "4", "--json", "--out", folder["run"]);
        Assert.Equal(0, run.Code);
        using var summary = JsonDocument.Parse(run.Out);
        Assert.Equal("4", summary.RootElement.GetProperty("rows")[0].GetProperty("shots").ToString());
    }

    [Fact]
    public void Compare_WithoutWhatComesWithTheProgram_AsksForData()
    {
        File.Delete(folder["tiny.gguf"]);
        foreach (var bundled in new[] { Bundled.None, Bundled.Above(folder.Path) })
        {
            var run = Run(bundled, "compare");
            Assert.Equal(2, run.Code);
            Assert.Contains("compare needs data", run.Error, StringComparison.Ordinal);
            Assert.Single(run.Error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void Compare_WithOneOfDataAndModel_DoesNotTakeTheOtherSilently()
    {
        var bundled = Bundled.Above(folder.Path);
        Assert.Contains("compare needs data", Run(bundled, "compare", "--model", folder["tiny.gguf"]).Error, StringComparison.Ordinal);
        Assert.Contains("--model PATH", Run(bundled, "compare", folder["examples/support/my.csv"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Above_AFolderFarFromTheSources_FindsNothing()
    {
        Assert.Equal(Bundled.None, Bundled.Above(Path.GetTempPath()));
        Assert.Null(ModelLocator.BundledFolder(Path.GetTempPath()));
        Directory.CreateDirectory(folder["models/nano"]);
        Assert.Null(ModelLocator.BundledFolder(folder["a/b"]));
        folder.File("models/nano/config.json", "{}");
        Assert.Equal(folder["models"], ModelLocator.BundledFolder(folder["a/b"] + Path.DirectorySeparatorChar));
    }

    /// <summary>The run file that users get: its data are there, every method is known, and what happens on overflow is said.</summary>
    [Fact]
    public void RunFile_OfTheRepository_NamesAtLeastEightMethodsAndAPolicy()
    {
        var path = Bundled.OfProgram().RunFile!;
        Assert.StartsWith(TestFolders.RepositoryRoot, path, StringComparison.Ordinal);
        var file = new CompareSettings(new GlobalSettings()).ReadRunFile(path);
        Assert.True(file.Methods().Select(m => m.Name).Distinct(StringComparer.Ordinal).Count() >= 8);
        Assert.All(file.Methods(), m => OptionsJson.Read(Catalog.Get(m.Name), m.Options));
        Assert.True(File.Exists(Path.Combine(file.Find("data")!.Text, "task.json")));
        Assert.Equal(ModelLocator.BundledName, file.Find("model")!.Text);
        Assert.Equal(ModelLocator.BundledName, file.Find("encoder")!.Text);
        Assert.NotNull(file.Find("on-overflow"));
    }

    /// <summary>The same run on the real model, smaller: every method has a row and none failed.</summary>
    [SkippableFact]
    public void Compare_OfTheRepositorysRun_HasARowForEveryMethod()
    {
        Skip.If(!Bundled.HasModel(ModelLocator.BundledName), "there is no models/nano");
        var bundled = Bundled.OfProgram();
        var run = Run(bundled, "compare", "--shots", "0,2", "--seeds", "1", "--test", "6", "--set", "lora.max-steps=2", "--set", "prompt-tuning.max-steps=2", "--json", "--out", folder["run"]);
        Assert.Equal(0, run.Code);
        using var summary = JsonDocument.Parse(run.Out);
        var methods = summary.RootElement.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("method").GetString()!).Distinct(StringComparer.Ordinal);
        var wanted = new CompareSettings(new GlobalSettings()).ReadRunFile(bundled.RunFile!).Methods().Select(m => m.As);
        Assert.Equal(wanted.Order(StringComparer.Ordinal), methods.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("failed", run.Error, StringComparison.Ordinal);
    }

    private static CliRun Run(Bundled bundled, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var interruption = new Interruption(_ => { });
        var code = Program.Run(arguments, new Shell { In = TextReader.Null, Out = output, Error = error, Interruption = interruption, Bundled = bundled });
        return new CliRun(code, output.ToString(), error.ToString());
    }
}

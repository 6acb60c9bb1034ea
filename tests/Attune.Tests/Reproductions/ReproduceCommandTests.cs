using System.Text.Json;
using System.Xml.Linq;
using Attune.Cli.Commands;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Reproductions;
using Attune.Tensors;
using Attune.Tests.Cli;

namespace Attune.Tests.Reproductions;

public class ReproduceCommandTests
{
    [Fact]
    public void List_AsJson_NamesEveryReproductionInTheAssembly()
    {
        var run = CliRun.Of("reproduce", "list", "--json");
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Out);
        var expected = typeof(IReproduction).Assembly.GetTypes().Count(t => t.IsClass && !t.IsAbstract && t.IsAssignableTo(typeof(IReproduction)));
        Assert.Equal(expected, json.RootElement.GetArrayLength());
        foreach (var item in json.RootElement.EnumerateArray())
        {
            Assert.Matches("^(S[0-9]{3}|NANO)$", item.GetProperty("id").GetString());
            Assert.NotEqual(0, item.GetProperty("claims").GetArrayLength());
            Assert.InRange(item.GetProperty("minutes").GetProperty("small").GetDouble(), 0.01, 15);
            Assert.InRange(item.GetProperty("minutes").GetProperty("smoke").GetDouble(), 0.001, 0.2);
        }
    }

    [Theory]
    [InlineData("reproduce needs list, all or one of")]
    [InlineData("there is no reproduction 'nothing-like-it'", "nothing-like-it")]
    [InlineData("did you mean 'list'", "lits")]
    [InlineData("'tiny' is not known; expected one of smoke, small, full", "all", "--scale", "tiny")]
    [InlineData("a whole number from 1 to 1000", "all", "--seeds", "0")]
    public void WrongRequest_IsOneSentenceAndExitCodeTwo(string expected, params string[] arguments)
    {
        var run = CliRun.Of(["reproduce", .. arguments]);
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("did you mean 'S000'", "S001")]
    [InlineData("leave --keep out", "S000", "--scale", "smoke", "--keep", "kept")]
    [InlineData("--data: there is no folder 'no/such/folder'", "s000", "--data", "no/such/folder")]
    public void WrongRequest_OfAToy_SaysWhatToGive(string expected, params string[] arguments)
    {
        var error = Assert.Throws<AttuneException>(() => Run(Toy, arguments));
        Assert.Equal(AttuneErrorKind.Request, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfAToy_WritesTextFilesAndKeptTable()
    {
        using var folder = new TemporaryFolder();
        var (code, text) = Run(Toy, "S000", "--scale", "small", "-o", folder["out"], "--keep", folder["kept"]);
        Assert.Equal(0, code);
        Assert.Contains("held  The sentence of one.", text, StringComparison.Ordinal);
        Assert.Contains("not held  The sentence of two.", text, StringComparison.Ordinal);
        Assert.Contains("value: 2.00 [−0.484, 4.48]", text, StringComparison.Ordinal);
        Assert.Contains("not testable here  The sentence of three.", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(folder["out/result.json"]));
        var claims = json.RootElement.GetProperty("claims").EnumerateArray().ToList();
        Assert.Equal(["held", "not held", "not testable here"], claims.Select(c => c.GetProperty("verdict").GetString()));
        Assert.Equal([1, 2, 3], claims[0].GetProperty("values")[0].GetProperty("per_seed").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal("8", json.RootElement.GetProperty("settings").GetProperty("width").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("maps")[0].GetProperty("values")[1][1].ValueKind);
        Assert.Equal(64, json.RootElement.GetProperty("configuration").GetString()!.Length);
        Assert.Contains("[S000](S000.html) Toy | small | 3 | 1 held, 1 not held, 1 not testable here |", File.ReadAllText(folder["kept/README.md"]), StringComparison.Ordinal);
        Assert.True(File.Exists(folder["kept/S000.html"]));
    }

    [Fact]
    public void Keep_OfTwoScales_KeepsBoth()
    {
        using var folder = new TemporaryFolder();
        Run(Toy, "S000", "--scale", "small", "-o", folder["out"], "--keep", folder["kept"]);
        Run(Toy, "S000", "--scale", "full", "-o", folder["out"], "--keep", folder["kept"]);
        var table = File.ReadAllText(folder["kept/README.md"]);
        Assert.Contains("[S000](S000.html) Toy | small |", table, StringComparison.Ordinal);
        Assert.Contains("[S000](S000-full.html) Toy | full |", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfAToy_IsWellFormedEscapesAndLoadsNothing()
    {
        using var folder = new TemporaryFolder();
        Run(Toy, "S000", "-o", folder.Path);
        var page = File.ReadAllText(folder["page.html"]);
        var parsed = XDocument.Parse(page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
        Assert.Contains("a <b>curve</b>", parsed.Root!.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Equal(2, parsed.Descendants("figure").Count());
    }

    [Fact]
    public void Smoke_OfAToyWhoseClaimHolds_NeverSaysHeld()
    {
        using var folder = new TemporaryFolder();
        var (code, text) = Run(Toy, "S000", "--scale", "smoke", "-o", folder.Path);
        Assert.Equal(0, code);
        Assert.DoesNotContain("held  The sentence", text, StringComparison.Ordinal);
        Assert.Contains("ran (smoke)  The sentence of one.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhoseCheckFails_IsAFailureOfTheWorkAndNotKept()
    {
        using var folder = new TemporaryFolder();
        var toy = new ToyReproduction(c => c.Check("one is one", 0.5, 0.1));
        var error = Assert.Throws<AttuneException>(() => Run(toy, "S000", "-o", folder["out"], "--keep", folder["kept"]));
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
        Assert.Contains("'one is one' failed", error.Message, StringComparison.Ordinal);
        Assert.Contains("Void", File.ReadAllText(folder["out/page.html"]), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["kept"]));
    }

    [Fact]
    public void Hash_OfTheConfiguration_ChangesWithScaleSeedsAndSizes()
    {
        string Hash(int width, RunRequest request) => ResultJson.ConfigurationHash(ReproductionRunner.Run(new ToyReproduction(c => c.Setting("width", width)), request, CancellationToken.None));
        var request = new RunRequest { Scale = RunScale.Small };
        var one = Hash(8, request);
        Assert.Equal(one, Hash(8, request));
        Assert.Equal(4, new[] { one, Hash(9, request), Hash(8, request with { Scale = RunScale.Full }), Hash(8, request with { Seeds = 2 }) }.Distinct().Count());
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1.25e-5, "1.25e−5")]
    [InlineData(0.04204, "0.0420")]
    [InlineData(-0.5, "−0.500")]
    [InlineData(3.14159, "3.14")]
    [InlineData(1234, "1,234")]
    [InlineData(double.NaN, "–")]
    public void Number_AsText_HasThreeDigits(double value, string expected) => Assert.Equal(expected, NumberText.Of(value));

    private static ToyReproduction Toy { get; } = new(
        c =>
        {
            c.Setting("width", 8);
            c.Progress(0.5, "half");
            c.Decide("one", true, "so it is", new Measured("value", [1, 2, 3]));
            c.Decide("two", false, "it is not");
            c.NotTestable("three", "too small");
            c.Check("zero", 0, 1e-6);
            c.Add(new Figure("Loss", "depth", "error", [new Curve("a <b>curve</b>", [new CurvePoint(1, 0.5, -0.1, 0.9), new CurvePoint(8, 0.1)]), new Curve("none", [])]) { LogX = true, LogY = true });
            c.Add(new Figure("Long", "step", "loss", [new Curve("train", [.. Enumerable.Range(0, 40).Select(i => new CurvePoint(i, i, i - 1, i + 1))])]));
            c.Add(new HeatMap("Map", "size", "tasks", ["1", "2"], ["a", "b"], new[,] { { 0.001, 1 }, { 5, double.NaN } }));
            c.Add(new ResultTable("Table", ["what", "value"], [["x", "1"]]));
        },
        "one", "two", "three");

    private static (int Code, string Out) Run(IReproduction reproduction, params string[] arguments)
    {
        using var interruption = new Interruption(_ => { });
        using var output = new StringWriter();
        var shell = new Shell { In = TextReader.Null, Out = output, Error = TextWriter.Null, Interruption = interruption };
        var command = new ReproduceCommand([reproduction]);
        var code = command.Run(new Invocation(command.Command.Parse(arguments), shell, new GlobalSettings(), arguments));
        return (code, output.ToString());
    }
}

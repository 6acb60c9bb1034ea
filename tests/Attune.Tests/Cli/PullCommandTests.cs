using System.Text.Json;
using Attune.Cli.Terminal;
using Attune.Models.Hub;
using Attune.Tests.Models.Hub;

namespace Attune.Tests.Cli;

public class PullCommandTests
{
    private static readonly Dictionary<string, byte[]> Files = new() { ["config.json"] = "{}"u8.ToArray(), ["model.safetensors"] = FakeHub.Bytes(5000) };

    [Fact]
    public void Pull_FromAnEndpoint_GivesItsFilesAsJson()
    {
        using var hub = new FakeHub(Files);
        var run = CliRun.Of("models", "pull", "owner/tiny", "--endpoint", hub.Address.ToString(), "--cache", hub.Cache, "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal(hub.Model, json.RootElement.GetProperty("path").GetString());
        var weights = json.RootElement.GetProperty("files").EnumerateArray().Single(f => f.GetProperty("file").GetString() == "model.safetensors");
        Assert.Equal((5000, FakeHub.Sha256(Files["model.safetensors"])), (weights.GetProperty("bytes").GetInt32(), weights.GetProperty("hash").GetString()));
        Assert.False(weights.GetProperty("already_there").GetBoolean());
    }

    [Fact]
    public void Pull_OfOneFile_FetchesNoOther()
    {
        using var hub = new FakeHub(Files);
        var run = CliRun.Of("models", "pull", "owner/tiny", "--file", "*.json", "--endpoint", hub.Address.ToString(), "--cache", hub.Cache);
        Assert.Equal(0, run.Code);
        Assert.Contains("1 files, 2 B", run.Out, StringComparison.Ordinal);
        Assert.Empty(hub.RequestsOf("model.safetensors"));
    }

    [Theory]
    [InlineData(2, "OWNER/NAME", "nonsense")]
    [InlineData(2, "forbids the net", "owner/tiny", "--offline")]
    [InlineData(2, "--endpoint is 'x'", "owner/tiny", "--endpoint", "x")]
    public void Pull_ThatCannotBe_EndsWithItsCodeAndOneSentence(int code, string expected, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var run = CliRun.Of(["models", "pull", .. arguments, "--cache", folder.Path, "-q"]);
        Assert.Equal(code, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData(404, 2)]
    [InlineData(400, 1)]
    public void Pull_ThatTheServerRefuses_EndsWithItsCode(int status, int code)
    {
        using var hub = new FakeHub(Files, (_, _) => FakeServer.Reply.Text(status, ""));
        var run = CliRun.Of("models", "pull", "owner/tiny", "--endpoint", hub.Address.ToString(), "--cache", hub.Cache);
        Assert.Equal(code, run.Code);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData(0, 0, 0, "w")]
    [InlineData(0, 1 << 20, 0, "w 0% of 1 MiB")]
    [InlineData(1 << 19, 1 << 20, 1 << 18, "w 50% of 1 MiB, 256 KiB/s, 2.0 s left")]
    public void Line_OfAPull_ShowsShareRateAndTimeLeft(long done, long total, double rate, string expected) =>
        Assert.Equal(expected, PullProgress.Line(new HubProgress("w", done, total, done), rate));
}

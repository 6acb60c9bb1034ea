using Attune.Models.Hub;
using Attune.Tensors;
using Reply = Attune.Tests.Models.Hub.FakeServer.Reply;

namespace Attune.Tests.Models.Hub;

public class HubNameTests
{
    private static readonly Dictionary<string, byte[]> Files = new() { ["model.safetensors"] = [1, 2, 3] };

    [Theory]
    [InlineData("../evil.json")]
    [InlineData("a/../../evil.json")]
    [InlineData("/etc/evil.json")]
    [InlineData("C:/evil.json")]
    [InlineData("C:evil.json")]
    [InlineData("..\\evil.json")]
    [InlineData("a\\evil.json")]
    [InlineData("\\\\server\\evil.json")]
    [InlineData("a\nevil.json")]
    [InlineData("a\0evil.json")]
    public void Name_ThatLeadsElsewhere_CondemnsTheRepository(string name)
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path.StartsWith("/api", StringComparison.Ordinal) ? List(name) : Reply.Text(200, "evil"));
        var error = Assert.Throws<AttuneException>(() => hub.Pull());
        Assert.Contains("do not trust", error.Message, StringComparison.Ordinal);
        Assert.Single(hub.Requests);
        Assert.False(Directory.Exists(hub.Cache));
    }

    [Theory]
    [InlineData("..%2fevil.json")]
    [InlineData("%2e%2e/evil.json")]
    [InlineData("a%5Cevil.json")]
    [InlineData("a:b.json")]
    [InlineData("a//evil.json")]
    [InlineData("./evil.json")]
    [InlineData("a/")]
    [InlineData("con.json")]
    [InlineData("LPT1.json")]
    [InlineData("evil.json ")]
    [InlineData("evil.")]
    [InlineData(".attune/pull.json")]
    [InlineData("a\u202egnp.json")]
    public void Name_ThatMayLeadElsewhere_IsRefusedWhenAskedFor(string name)
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path.StartsWith("/api", StringComparison.Ordinal) ? List(name) : Reply.Text(200, "evil"));
        Assert.Throws<AttuneException>(() => hub.Pull(hub.Options with { Patterns = ["**"] }));
        Assert.False(Directory.Exists(hub.Cache));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("1_Pooling/config.json")]
    [InlineData("100% größer, v1.0 (é).json")]
    [InlineData("a/b/c..d.json")]
    public void Name_ThatIsPlain_IsWritten(string name)
    {
        using var hub = new FakeHub(new Dictionary<string, byte[]> { [name] = [1, 2] });
        hub.Pull(hub.Options with { Patterns = ["**"] });
        Assert.Equal([1, 2], File.ReadAllBytes(Path.Combine(hub.Model, name)));
    }

    [SkippableFact]
    public void Link_InTheModelsFolder_IsNotFollowed()
    {
        Skip.If(OperatingSystem.IsWindows(), "links need a right of their own on Windows");
        using var hub = new FakeHub(new Dictionary<string, byte[]> { ["sub/config.json"] = [1] });
        var outside = Directory.CreateDirectory(Path.Combine(hub.Outside, "outside")).FullName;
        foreach (var (link, target) in new[] { ("sub", outside), ("sub/config.json", Path.Combine(outside, "config.json")), (".attune", outside) })
        {
            var path = Path.Combine(hub.Model, link);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.CreateSymbolicLink(path, target);
            var error = Assert.Throws<AttuneException>(() => hub.Pull(hub.Options with { Patterns = ["**"] }));
            Assert.Contains("is a link", error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(outside));
            File.Delete(path);
            Directory.Delete(hub.Cache, recursive: true);
        }
    }

    [Theory]
    [InlineData("owner/name", "owner/name", "owner/name")]
    [InlineData("HuggingFaceTB/SmolLM2-135M@v1.0", "HuggingFaceTB/SmolLM2-135M", "HuggingFaceTB/SmolLM2-135M@v1.0")]
    [InlineData("a/b@refs/pr/1", "a/b", "a/b@refs%2Fpr%2F1")]
    public void Reference_OfGoodForm_HasRepositoryAndFolder(string text, string repository, string folder)
    {
        var reference = HubReference.Parse(text);
        Assert.Equal((repository, folder, text), (reference.Repository, reference.Folder, reference.ToString()));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("a/b/c")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/b@")]
    [InlineData("a/b@../x")]
    [InlineData("a/b@x/../y")]
    [InlineData("https://huggingface.co/a/b")]
    [InlineData("a/b?x=1")]
    [InlineData(".hidden/b")]
    public void Reference_OfBadForm_IsRefused(string text) => Assert.Throws<AttuneException>(() => HubReference.Parse(text));

    [Theory]
    [InlineData("*.json", "config.json", true)]
    [InlineData("*.json", "sub/config.json", true)]
    [InlineData("/*.json", "config.json", false)]
    [InlineData("sub/*.json", "sub/config.json", true)]
    [InlineData("*/*.json", "a/b/config.json", false)]
    [InlineData("**/*.json", "a/b/config.json", true)]
    [InlineData("**", "a/b", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("*Q4_K_M.gguf", "SmolLM2-Q4_K_M.gguf", true)]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("", "a", false)]
    public void Pattern_OfAName_Matches(string pattern, string name, bool expected) => Assert.Equal(expected, HubSelection.Matches(pattern, name));

    [Fact]
    public void Selection_WithoutPatterns_TakesOneFormatOfWeights()
    {
        string[] names = ["model.safetensors", "config.json", "tokenizer.json", "pytorch_model.bin", "pytorch_model.bin.index.json", "onnx/model.onnx", "onnx/config.json", "1_Pooling/config.json", "consolidated.safetensors", "merges.txt", "README.md", "chat_template.jinja"];
        Assert.Equal(["1_Pooling/config.json", "chat_template.jinja", "config.json", "merges.txt", "model.safetensors", "tokenizer.json"], Chosen(null, names).Order(StringComparer.Ordinal));
        Assert.Equal(["a.gguf"], Chosen(null, "a.gguf", "README.md"));
        Assert.Contains("--file", Assert.Throws<AttuneException>(() => Chosen(null, "a.gguf", "b.gguf")).Message, StringComparison.Ordinal);
        Assert.Contains("neither", Assert.Throws<AttuneException>(() => Chosen(null, "pytorch_model.bin")).Message, StringComparison.Ordinal);
        Assert.Contains("no file that matches", Assert.Throws<AttuneException>(() => Chosen(["*.gguf"], names)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Chosen(IReadOnlyList<string>? patterns, params string[] names) =>
        HubSelection.Of([.. names.Select(n => new HubFile(n, null, null))], patterns, HubReference.Parse("a/b")).Select(f => f.Path);

    private static Reply List(string name) => Reply.Text(200, new System.Text.Json.Nodes.JsonObject
    {
        ["siblings"] = new System.Text.Json.Nodes.JsonArray(
            new System.Text.Json.Nodes.JsonObject { ["rfilename"] = "model.safetensors" }, new System.Text.Json.Nodes.JsonObject { ["rfilename"] = name }),
    }.ToJsonString());
}

using Attune.Models.Hub;
using Attune.Tensors;
using Reply = Attune.Tests.Models.Hub.FakeServer.Reply;

namespace Attune.Tests.Models.Hub;

public class HubRedirectTests
{
    private const string Weights = "model.safetensors";
    private static readonly byte[] Content = FakeHub.Bytes(300_000);
    private static readonly Dictionary<string, byte[]> Files = new() { [Weights] = Content };

    [Fact]
    public void Redirect_ToAnotherHost_GetsNoTokenAndItsHashDoesNotCount()
    {
        using var store = new FakeServer(r => Reply.Range(r, Content, ("ETag", "\"" + new string('0', 64) + "\"")) with { CutAfter = 100_000 });
        using var hub = new FakeHub(Files, (request, _) => request.Path.EndsWith(Weights, StringComparison.Ordinal)
            ? new Reply(302, [], ("Location", store.Address + "blob?sign=1"), ("X-Linked-Etag", $"\"{FakeHub.Sha256(Content)}\""), ("X-Linked-Size", "300000"), ("X-Repo-Commit", FakeHub.Commit)) : null) { ListsHashes = false };
        var pull = hub.Pull(hub.Options with { Token = "hf_secret" });
        Assert.Equal(FakeHub.Sha256(Content), pull.Files.Single().Digest!.Hex);
        Assert.Equal(Content, File.ReadAllBytes(Path.Combine(hub.Model, Weights)));
        Assert.All(hub.Requests, r => Assert.Equal("Bearer hf_secret", r.Headers["Authorization"]));
        Assert.Equal([0, 100_000, 200_000], store.Requests.Select(r => r.From));
        Assert.All(store.Requests, r => Assert.False(r.Headers.ContainsKey("Authorization")));
    }

    [Fact]
    public void Redirect_WithinTheHub_KeepsTheToken()
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path switch
        {
            "/owner/tiny/resolve/main/model.safetensors" => new Reply(307, [], ("Location", "/api/resolve-cache/x")),
            "/api/resolve-cache/x" => Reply.Range(request, Content, FakeHub.Headers(Content)),
            _ => null,
        });
        hub.Pull(hub.Options with { Token = "hf_secret" });
        Assert.All(hub.Requests, r => Assert.Equal("Bearer hf_secret", r.Headers["Authorization"]));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData(null)]
    public void Redirect_ToNoAddressOfTheNet_IsRefused(string? location)
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path.EndsWith(Weights, StringComparison.Ordinal) ? new Reply(302, [], location is null ? [] : [("Location", location)]) : null);
        Assert.Contains("redirects to no address", Assert.Throws<AttuneException>(() => hub.Pull()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Redirect_InACircle_Ends()
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path.EndsWith(Weights, StringComparison.Ordinal) ? new Reply(302, [], ("Location", request.Path)) : null);
        Assert.Contains("from address to address", Assert.Throws<AttuneException>(() => hub.Pull()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://hub.example", "tok", "not encrypted")]
    [InlineData("http://127.0.0.1:1", "t\nok", "no token has")]
    [InlineData("http://user:word@127.0.0.1:1", null, "no address of a hub")]
    [InlineData("file:///tmp", null, "no address of a hub")]
    public void Endpoint_ThatIsUnsafe_IsRefusedBeforeAnyRequest(string endpoint, string? token, string expected)
    {
        var options = new HubOptions { Endpoint = new Uri(endpoint), Token = token, Cache = Path.GetTempPath() };
        var error = Assert.Throws<AttuneException>(() => HubPuller.Pull(HubReference.Parse("a/b"), options, CancellationToken.None).GetAwaiter().GetResult());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoint_ThatDoesNotListen_GivesUpWithASentence()
    {
        var options = new HubOptions { Endpoint = new Uri("http://127.0.0.1:1"), Cache = Path.GetTempPath(), Wait = (_, _) => Task.CompletedTask };
        var error = Assert.Throws<AttuneException>(() => HubPuller.Pull(HubReference.Parse("a/b"), options, CancellationToken.None).GetAwaiter().GetResult());
        Assert.Contains("connection was lost", error.Message, StringComparison.Ordinal);
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Attune.Models.Hub;

namespace Attune.Tests.Models.Hub;

/// <summary>A hub with one repository, owner/tiny, whose files a test gives; some answers may be replaced.</summary>
internal sealed class FakeHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly FakeServer server;
    private readonly string folder = Directory.CreateTempSubdirectory("attune-hub").FullName;

    /// <param name="files">Name → content.</param>
    /// <param name="change">Another answer for a request, which has come so many times before for the same path; null for the usual one.</param>
    public FakeHub(IReadOnlyDictionary<string, byte[]> files, Func<FakeServer.Request, int, FakeServer.Reply?>? change = null)
    {
        Files = files;
        var counts = new Dictionary<string, int>();
        server = new FakeServer(request =>
        {
            lock (counts)
            {
                var before = counts.GetValueOrDefault(request.Path);
                counts[request.Path] = before + 1;
                return change?.Invoke(request, before) ?? Answer(request);
            }
        });
    }

    public IReadOnlyDictionary<string, byte[]> Files { get; }

    /// <summary>Whether the list says lengths and hashes, as with ?blobs=true.</summary>
    public bool ListsHashes { get; init; } = true;

    public Uri Address => server.Address;

    public string Cache => Path.Combine(folder, "cache");

    /// <summary>Where the pulled files lie.</summary>
    public string Model => Path.Combine(Cache, "owner", "tiny");

    /// <summary>Beside the cache; nothing may be written there.</summary>
    public string Outside => folder;

    public IReadOnlyList<FakeServer.Request> Requests => server.Requests;

    public IEnumerable<FakeServer.Request> RequestsOf(string file) => Requests.Where(r => r.Path == $"/owner/tiny/resolve/main/{file}");

    /// <summary>How long the client wanted to wait, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public HubOptions Options => new()
    {
        Endpoint = Address, Cache = Cache,
        Wait = (time, _) =>
        {
            Waits.Add(time);
            return Task.CompletedTask;
        },
    };

    public HubPull Pull(HubOptions? options = null, string reference = "owner/tiny") =>
        HubPuller.Pull(HubReference.Parse(reference), options ?? Options, CancellationToken.None).GetAwaiter().GetResult();

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7 + (i >> 8)))];

    /// <summary>The usual list.</summary>
    public FakeServer.Reply List(params string[] names)
    {
        var siblings = new JsonArray();
        foreach (var name in names.Length > 0 ? names : [.. Files.Keys])
        {
            var sibling = new JsonObject { ["rfilename"] = name };
            if (ListsHashes && Files.TryGetValue(name, out var content))
                sibling["lfs"] = new JsonObject { ["sha256"] = Sha256(content), ["size"] = content.Length };
            siblings.Add(sibling);
        }
        return FakeServer.Reply.Text(200, new JsonObject { ["sha"] = Commit, ["siblings"] = siblings }.ToJsonString());
    }

    /// <summary>The headers of a file that lies with the hub.</summary>
    public static (string, string)[] Headers(byte[] content) => [("ETag", $"\"{Sha256(content)}\""), ("X-Repo-Commit", Commit)];

    public void Dispose()
    {
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private FakeServer.Reply Answer(FakeServer.Request request)
    {
        if (request.Path == "/api/models/owner/tiny/revision/main?blobs=true")
            return List();
        const string resolve = "/owner/tiny/resolve/main/";
        return request.Path.StartsWith(resolve, StringComparison.Ordinal) && Files.TryGetValue(Uri.UnescapeDataString(request.Path[resolve.Length..]), out var content)
            ? FakeServer.Reply.Range(request, content, Headers(content))
            : FakeServer.Reply.Text(404, "", ("X-Error-Message", "Entry not found"));
    }
}

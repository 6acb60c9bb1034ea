using System.Text;
using Attune.Models.Hub;
using Attune.Tensors;
using Reply = Attune.Tests.Models.Hub.FakeServer.Reply;

namespace Attune.Tests.Models.Hub;

public class HubPullTests
{
    private static readonly Dictionary<string, byte[]> Files = new()
    {
        ["config.json"] = "{\"model_type\": \"llama\"}"u8.ToArray(),
        ["model.safetensors"] = FakeHub.Bytes(1_000_000),
        ["README.md"] = "read me"u8.ToArray(),
    };

    private const string Weights = "model.safetensors";

    [Fact]
    public void Pull_OfARepository_BringsWhatAModelNeedsAndNothingTwice()
    {
        using var hub = new FakeHub(Files);
        var pull = hub.Pull();
        Assert.Equal(hub.Model, pull.Folder);
        Assert.Equal(FakeHub.Commit, pull.Commit);
        Assert.Equal(Files[Weights], File.ReadAllBytes(Path.Combine(hub.Model, Weights)));
        Assert.Equal(Files["config.json"], File.ReadAllBytes(Path.Combine(hub.Model, "config.json")));
        Assert.False(File.Exists(Path.Combine(hub.Model, "README.md")));
        Assert.All(pull.Files, f => Assert.False(f.WasThere));
        Assert.Equal(FakeHub.Sha256(Files[Weights]), HubRecord.Find(hub.Model)!.Digests[Weights].Hex);
        Assert.All(hub.Pull().Files, f => Assert.True(f.WasThere));
        Assert.Single(hub.RequestsOf(Weights));
    }

    [Fact]
    public void Pull_WhereTheListHasNoHashes_TakesThoseOfTheFilesHeaders()
    {
        using var hub = new FakeHub(Files) { ListsHashes = false };
        Assert.All(hub.Pull().Files, f => Assert.Equal(FakeHub.Sha256(Files[f.Path]), f.Digest!.Hex));
        Assert.All(hub.Pull().Files, f => Assert.True(f.WasThere));
    }

    [Fact]
    public void Pull_OfADamagedFile_BringsItAgain()
    {
        using var hub = new FakeHub(Files);
        hub.Pull();
        var path = Path.Combine(hub.Model, Weights);
        var bytes = File.ReadAllBytes(path);
        bytes[500] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.False(hub.Pull().Files.Single(f => f.Path == Weights).WasThere);
        Assert.Equal(Files[Weights], File.ReadAllBytes(path));
    }

    [Fact]
    public void Pull_OverConnectionsThatDrop_GoesOnWhereEachStopped()
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path.EndsWith(Weights, StringComparison.Ordinal)
            ? Reply.Range(request, Files[Weights], FakeHub.Headers(Files[Weights])) with { CutAfter = 99_991 } : null);
        hub.Pull();
        Assert.Equal(Files[Weights], File.ReadAllBytes(Path.Combine(hub.Model, Weights)));
        // More tries than are allowed without progress: each brought something.
        Assert.Equal(Enumerable.Range(0, 11).Select(i => i * 99_991), hub.RequestsOf(Weights).Select(r => r.From));
    }

    [Fact]
    public void Pull_AfterAPullThatFailed_GoesOnInTheNextProcess()
    {
        using var hub = new FakeHub(Files, (request, before) => request.Path.EndsWith(Weights, StringComparison.Ordinal) && before == 0
            ? new Reply(200, Files[Weights], FakeHub.Headers(Files[Weights])) { CutAfter = 400_000 } : null);
        Assert.Throws<AttuneException>(() => hub.Pull(hub.Options with { Attempts = 1 }));
        Assert.False(File.Exists(Path.Combine(hub.Model, Weights)));
        hub.Pull();
        Assert.Equal([0, 400_000], hub.RequestsOf(Weights).Select(r => r.From));
        Assert.Equal(Files[Weights], File.ReadAllBytes(Path.Combine(hub.Model, Weights)));
        Assert.Empty(Directory.GetFiles(Path.Combine(hub.Model, ".attune"), "*.partial"));
    }

    [Fact]
    public void Pull_FromAServerThatIgnoresRanges_StartsTheFileAgain()
    {
        using var hub = new FakeHub(Files, (request, before) => request.Path.EndsWith(Weights, StringComparison.Ordinal)
            ? new Reply(200, Files[Weights], FakeHub.Headers(Files[Weights])) { CutAfter = before == 0 ? 400_000 : null } : null);
        hub.Pull();
        Assert.Equal(Files[Weights], File.ReadAllBytes(Path.Combine(hub.Model, Weights)));
    }

    [Fact]
    public void Pull_FromAServerThatIgnoresRangesAndAlwaysDrops_GivesUp()
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path.EndsWith(Weights, StringComparison.Ordinal)
            ? new Reply(200, Files[Weights], FakeHub.Headers(Files[Weights])) { CutAfter = 400_000 } : null);
        Assert.Equal(AttuneErrorKind.Work, Assert.Throws<AttuneException>(() => hub.Pull()).Kind);
        Assert.InRange(hub.RequestsOf(Weights).Count(), 6, 8);
    }

    [Fact]
    public void Pull_WhereTheServerRefusesTheRange_StartsTheFileAgain()
    {
        using var hub = new FakeHub(Files, (request, before) => !request.Path.EndsWith(Weights, StringComparison.Ordinal) ? null : before switch
        {
            0 => new Reply(200, Files[Weights], FakeHub.Headers(Files[Weights])) { CutAfter = 400_000 },
            1 => new Reply(416, [], [.. FakeHub.Headers(Files[Weights]), ("Content-Range", "bytes */1000000")]),
            _ => null,
        });
        hub.Pull();
        Assert.Equal([0, 400_000, 0], hub.RequestsOf(Weights).Select(r => r.From));
        Assert.Equal(Files[Weights], File.ReadAllBytes(Path.Combine(hub.Model, Weights)));
    }

    [Fact]
    public void Pull_WhereAllBytesCameButTheEndWasLost_TakesARefusedRangeAsTheEnd()
    {
        // Without a length the client cannot tell that the file is whole.
        using var hub = new FakeHub(Files, (request, before) => request.Path.EndsWith(Weights, StringComparison.Ordinal) && before == 0
            ? new Reply(200, Chunk(Files[Weights]), [.. FakeHub.Headers(Files[Weights]), ("Transfer-Encoding", "chunked")]) : null) { ListsHashes = false };
        hub.Pull();
        Assert.Equal([0, 1_000_000], hub.RequestsOf(Weights).Select(r => r.From));
        Assert.Equal(Files[Weights], File.ReadAllBytes(Path.Combine(hub.Model, Weights)));
    }

    [Fact]
    public void Pull_WhereTheUnfinishedFileWasDamaged_StartsItAgain()
    {
        using var hub = new FakeHub(Files, (request, before) => request.Path.EndsWith(Weights, StringComparison.Ordinal) && before == 0
            ? new Reply(200, Files[Weights], FakeHub.Headers(Files[Weights])) { CutAfter = 400_000 } : null);
        Assert.Throws<AttuneException>(() => hub.Pull(hub.Options with { Attempts = 1 }));
        var partial = Directory.GetFiles(Path.Combine(hub.Model, ".attune"), "*.partial").Single();
        var bytes = File.ReadAllBytes(partial);
        bytes[7] ^= 1;
        File.WriteAllBytes(partial, bytes);
        hub.Pull();
        Assert.Equal([0, 400_000, 0], hub.RequestsOf(Weights).Select(r => r.From));
        Assert.Equal(Files[Weights], File.ReadAllBytes(Path.Combine(hub.Model, Weights)));
    }

    [Fact]
    public void Pull_WhereTheFileChangedBetweenTries_StartsItAgain()
    {
        var old = FakeHub.Bytes(500_000);
        using var hub = new FakeHub(Files, (request, before) => request.Path.EndsWith(Weights, StringComparison.Ordinal) && before == 0
            ? new Reply(200, old, FakeHub.Headers(old)) { CutAfter = 200_000 } : null) { ListsHashes = false };
        hub.Pull();
        Assert.Equal(Files[Weights], File.ReadAllBytes(Path.Combine(hub.Model, Weights)));
    }

    [Fact]
    public void Pull_FromABusyServer_WaitsAsLongAsItAsksAndElseEverLonger()
    {
        using var hub = new FakeHub(Files, (request, before) => !request.Path.EndsWith(Weights, StringComparison.Ordinal) ? null : before switch
        {
            0 => Reply.Text(503, ""),
            1 => Reply.Text(500, ""),
            2 => Reply.Text(429, "", ("Retry-After", "7")),
            3 => Reply.Text(503, "", ("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", "Sun, 06 Nov 1994 08:49:07 GMT")),
            _ => null,
        });
        hub.Pull();
        Assert.Equal([0.5, 1, 7, 30], hub.Waits.Select(w => w.TotalSeconds));
    }

    [Fact]
    public void Pull_FromAServerThatStaysBusy_GivesUpWithASentence()
    {
        using var hub = new FakeHub(Files, (_, _) => Reply.Text(503, ""));
        var error = Assert.Throws<AttuneException>(() => hub.Pull());
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
        Assert.Contains("503", error.Message, StringComparison.Ordinal);
        Assert.Equal(hub.Options.Attempts, hub.Requests.Count);
    }

    [Fact]
    public void Pull_FromASilentServer_TriesAgain()
    {
        using var hub = new FakeHub(Files, (request, before) => request.Path.EndsWith(Weights, StringComparison.Ordinal) && before == 0 ? Reply.Text(200, "") with { Silent = true } : null);
        hub.Pull(hub.Options with { Silence = TimeSpan.FromSeconds(0.3) });
        Assert.Equal(2, hub.RequestsOf(Weights).Count());
    }

    [Theory]
    [InlineData(401, "HF_TOKEN")]
    [InlineData(403, "access")]
    [InlineData(404, "not found")]
    public void Pull_OfWhatIsNotThereOrNotAllowed_IsAWrongRequest(int status, string expected)
    {
        using var hub = new FakeHub(Files, (_, _) => Reply.Text(status, "", ("X-Error-Message", "no \u001b[31m luck")));
        var error = Assert.Throws<AttuneException>(() => hub.Pull());
        Assert.Equal(AttuneErrorKind.Request, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", error.Message, StringComparison.Ordinal);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public void Pull_OfAFileWithTheWrongHash_IsRefusedAndLeavesNothing()
    {
        var other = Files[Weights].ToArray();
        other[^1] ^= 1;
        using var hub = new FakeHub(Files, (request, _) => request.Path.EndsWith(Weights, StringComparison.Ordinal) ? Reply.Range(request, other, FakeHub.Headers(Files[Weights])) : null);
        var error = Assert.Throws<AttuneException>(() => hub.Pull());
        Assert.Contains(FakeHub.Sha256(Files[Weights]), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(hub.Model, "*", SearchOption.AllDirectories), f => f.Contains("safetensors", StringComparison.Ordinal) || f.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public void Pull_WhereListAndFileNameOtherHashes_IsRefused()
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path.EndsWith(Weights, StringComparison.Ordinal) ? Reply.Range(request, Files[Weights], FakeHub.Headers([1])) : null);
        Assert.Contains("do not trust", Assert.Throws<AttuneException>(() => hub.Pull()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pull_WhereTheCommitChanges_IsRefused()
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path.EndsWith(Weights, StringComparison.Ordinal)
            ? Reply.Range(request, Files[Weights], ("ETag", FakeHub.Sha256(Files[Weights])), ("X-Repo-Commit", new string('f', 40))) : null);
        Assert.Contains("has changed", Assert.Throws<AttuneException>(() => hub.Pull()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pull_OfMoreBytesThanAnnounced_Stops()
    {
        using var hub = new FakeHub(Files, (request, _) => request.Path.EndsWith(Weights, StringComparison.Ordinal)
            ? new Reply(200, Chunk([.. Files[Weights], 1], end: true), [.. FakeHub.Headers(Files[Weights]), ("Transfer-Encoding", "chunked")]) : null);
        Assert.Contains("more than the 1000000 bytes", Assert.Throws<AttuneException>(() => hub.Pull()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pull_ThatTheDiskCannotHold_StopsBeforeTheFirstByte()
    {
        using var hub = new FakeHub(Files);
        var error = Assert.Throws<AttuneException>(() => hub.Pull(hub.Options with { FreeBytes = _ => 1000 }));
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public void Pull_OfASmallFile_ChecksTheNameThatGitGivesIt()
    {
        // The name of the blob "hello\n" in every git repository.
        using var hub = new FakeHub(new Dictionary<string, byte[]> { ["config.json"] = "hello\n"u8.ToArray() }, (request, _) =>
            request.Path.EndsWith("config.json", StringComparison.Ordinal) ? Reply.Text(200, "hello\n", ("ETag", "W/\"ce013625030ba8dba906f756967f9e9ca394464a\"")) : null) { ListsHashes = false };
        Assert.Null(hub.Pull(hub.Options with { Patterns = ["config.json"] }).Files.Single().Digest);
        using var strong = new FakeHub(hub.Files, (request, _) =>
            request.Path.EndsWith("config.json", StringComparison.Ordinal) ? Reply.Text(200, "hello\n", ("ETag", "\"ce013625030ba8dba906f756967f9e9ca394464a\"")) : null) { ListsHashes = false };
        Assert.True(strong.Pull(strong.Options with { Patterns = ["config.json"] }).Files.Single().Digest!.IsGitBlob);
    }

    [Fact]
    public void Pull_Cancelled_KeepsWhatCame()
    {
        using var hub = new FakeHub(Files);
        using var stop = new CancellationTokenSource();
        var options = hub.Options with { Progress = p => { if (p.File == Weights && p.Received > 300_000) stop.Cancel(); } };
        Assert.ThrowsAny<OperationCanceledException>(() => HubPuller.Pull(HubReference.Parse("owner/tiny"), options, stop.Token).GetAwaiter().GetResult());
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(hub.Model, ".attune"), "*.partial"));
        hub.Pull();
        Assert.InRange(hub.RequestsOf(Weights).Last().From, 1, 999_999);
    }

    [Fact]
    public void Progress_OfAPull_RisesToTheTotal()
    {
        using var hub = new FakeHub(Files);
        var seen = new List<HubProgress>();
        hub.Pull(hub.Options with { Progress = seen.Add });
        var total = Files[Weights].Length + Files["config.json"].Length;
        Assert.Equal((total, total, total), ((int)seen[^1].Done, (int)seen[^1].Total, (int)seen[^1].Received));
        Assert.Equal(seen.Select(p => p.Done).Order(), seen.Select(p => p.Done));
    }

    [Fact]
    public void List_ThatIsNoList_IsRefused()
    {
        foreach (var text in new[] { "<html>", "[]", "{}", "{\"siblings\": 3}", "{\"siblings\": [{}]}", "{\"siblings\": [{\"rfilename\": null}]}", "{\"siblings\": [{\"rfilename\": \"a\"}, {\"rfilename\": \"a\"}]}" })
        {
            using var hub = new FakeHub(Files, (_, _) => Reply.Text(200, text));
            Assert.Contains("--endpoint", Assert.Throws<AttuneException>(() => hub.Pull()).Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Chunk(byte[] content, bool end = false) =>
        [.. Encoding.ASCII.GetBytes(FormattableString.Invariant($"{content.Length:x}\r\n")), .. content, .. "\r\n"u8, .. end ? "0\r\n\r\n"u8 : []];
}

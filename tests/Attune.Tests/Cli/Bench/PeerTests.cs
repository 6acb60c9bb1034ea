using System.Text.Json.Nodes;
using Attune.Cli.Bench;
using Attune.Tensors;

namespace Attune.Tests.Cli.Bench;

/// <summary>Peers whose program is a few lines of shell.</summary>
public sealed class PeerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SkippableFact]
    public void LlamaBench_OfAProgramThatAnswers_GivesItsTimeAndVersion()
    {
        using var peer = new LlamaBenchPeer(Script($"cat <<'END'\n{LlamaBenchOutputTests.Sample}\nEND"), "model.gguf", 2, new BenchSizes());
        Assert.Equal(2.0, peer.Run("prefill", default));
        Assert.Equal("llama.cpp build 4711 (0123abcd)", peer.Version);
    }

    [SkippableFact]
    public void LlamaBench_ThatMeasuredSomethingElse_IsRefused()
    {
        using var peer = new LlamaBenchPeer(Script($"cat <<'END'\n{LlamaBenchOutputTests.Sample}\nEND"), "model.gguf", 2, new BenchSizes { Prefill = 256 });
        Assert.Contains("asked for 256 prompt", Assert.Throws<PeerException>(() => peer.Run("prefill", default)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void LlamaBench_ThatFails_SaysItsCodeAndLastWords()
    {
        using var peer = new LlamaBenchPeer(Script("echo 'the model is damaged' >&2; exit 3"), "model.gguf", 2, new BenchSizes());
        Assert.Equal("peer.sh ended with code 3: the model is damaged", Assert.Throws<PeerException>(() => peer.Run("prefill", default)).Message);
    }

    [Fact]
    public void LlamaBench_OnAFolder_SaysThatItReadsGgufOnly()
    {
        using var peer = new LlamaBenchPeer("unused", "folder", 2, new BenchSizes());
        Assert.Contains("GGUF files only", Assert.Throws<PeerException>(() => peer.Run("prefill", default)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Torch_OfAProgramThatSpeaksTheProtocol_AnswersEachWork()
    {
        // Called as "program -c script": the first line asked gives the shapes, every further one a work.
        using var model = TinyModels.Language();
        using var peer = new TorchPeer(Script($$"""read shapes; echo "$shapes" > '{{folder["shapes"]}}'; echo '{"version": "torch 0"}'; while read line; do case "$line" in *decode*) echo '{"error": "too slow"}';; *) echo '{"seconds": 0.5}';; esac; done"""), model.Transformer, Precision.Fast, 2, BenchSessionTests.Small, 1);
        Assert.Equal(0.5, peer.Run("prefill", default));
        Assert.Equal("torch 0", peer.Version);
        Assert.Equal("too slow", Assert.Throws<PeerException>(() => peer.Run("decode", default)).Message);
        Assert.Equal(0.5, peer.Run("lora", default));
        var shapes = JsonNode.Parse(File.ReadAllText(folder["shapes"]))!;
        Assert.Equal((32, 2, 4, 2, 8, 64, 257), (Number("hidden"), Number("layers"), Number("heads"), Number("kv_heads"), Number("head_dim"), Number("intermediate"), Number("vocabulary")));
        Assert.Equal("bfloat16", (string)shapes["dtype"]!);
        int Number(string name) => (int)shapes[name]!;
    }

    [SkippableFact]
    public void Torch_OfAProgramThatEnds_SaysSo()
    {
        using var model = TinyModels.Language();
        using var peer = new TorchPeer(Script("echo 'no module named torch' >&2; exit 1"), model.Transformer, Precision.Exact, 2, BenchSessionTests.Small, 1);
        Assert.Contains("ended with code 1", Assert.Throws<PeerException>(() => peer.Run("prefill", default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TorchScript_InTheProgram_IsTheOneInBench() =>
        Assert.Equal(File.ReadAllText(Path.Combine(TestFolders.RepositoryRoot, "bench", "peers", "torch_peer.py")), TorchPeer.Script());

    private string Script(string body)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs a POSIX shell");
        var path = folder.File("peer.sh", "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}

using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Tensors;
using Attune.Tests.Tensors;

namespace Attune.Tests.Cli;

[Collection(MemoryLimitCollection.Name)]
public sealed class MemoryLimitTests : IDisposable
{
    private const long MiB = 1 << 20;
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Chat_LimitBelowTheWeights_SaysWhatIsNeededAndFails()
    {
        var model = TinyFiles.WriteGguf(folder["tiny.gguf"]);
        var run = CliRun.With("hi\n", "chat", "--model", model, "--limit-memory", "1K");
        EngineMemory.Limit = long.MaxValue;
        Assert.Equal(1, run.Code);
        Assert.Matches(@"^error: at least [0-9.]+ MiB of memory are needed for the weights of '.*tiny\.gguf' but the limit is 0 MiB; raise --limit-memory.*\n$", run.Error);
        Assert.Equal("", run.Out);
    }

    [Fact]
    public void Chat_LimitWithRoom_AnswersAsWithout()
    {
        var model = TinyFiles.WriteGguf(folder["tiny.gguf"]);
        string[] arguments = ["chat", "--model", model, "--max-tokens", "6", "--temperature", "0", "--json"];
        var free = CliRun.With("hi\n", arguments);
        var limited = CliRun.With("hi\n", [.. arguments, "--limit-memory", FormattableString.Invariant($"{EngineMemory.CurrentBytes / MiB + 16}M")]);
        EngineMemory.Limit = long.MaxValue;
        Assert.Equal((0, 0), (free.Code, limited.Code));
        Assert.Equal(free.Out, limited.Out);
    }

    [Fact]
    public void Pretrain_TooLittleMemory_SaysHowMuchItNeedsBeforeATokenizerIsLearned()
    {
        PretrainCommandTests.Write(folder);
        var run = CliRun.Of("pretrain", folder.File("tiny.yaml", PretrainCommandTests.Tiny), "-o", folder["run"], "--limit-memory", "1M");
        EngineMemory.Limit = long.MaxValue;
        Assert.Equal(1, run.Code);
        Assert.Matches(@"training needs about \d+ MiB of memory .* --limit-memory is 1 MiB", run.Error);
        Assert.False(File.Exists(folder[Path.Combine("run", "tokenizer.json")]));
    }

    [Fact]
    public void Chat_DamagedWeights_NamesTheTensorAndFails()
    {
        var model = TinyFiles.WriteGguf(folder["tiny.gguf"]);
        TinyFiles.Patch(model, "blk.1.attn_v.weight", 0, [0, 0, 0xC0, 0x7F]);
        var run = CliRun.With("hi\n", "chat", "--model", model);
        Assert.Equal(1, run.Code);
        Assert.Contains("'blk.1.attn_v.weight' in row 0, column 0", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Advice_InAContainerWithRoom_IsNone()
    {
        Assert.Null(MemoryAdvice.For(null, null, 100 * MiB));
        Assert.Null(MemoryAdvice.For(null, 4096 * MiB, 100 * MiB));
        Assert.Null(MemoryAdvice.For(400 * MiB, 512 * MiB, 100 * MiB));
    }

    [Fact]
    public void Advice_InATightContainer_GivesALimit()
    {
        // 100 MiB of weights, 512 of cache and 256 of other things do not fit into 600; four fifths of it are 480.
        var advice = MemoryAdvice.For(null, 600 * MiB, 100 * MiB);
        Assert.Contains("600 MiB", advice, StringComparison.Ordinal);
        Assert.Contains("868 MiB", advice, StringComparison.Ordinal);
        Assert.Contains("--limit-memory 480M", advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Advice_LimitAboveTheContainers_WarnsOfIt() =>
        Assert.Contains("more than the 512 MiB", MemoryAdvice.For(1024 * MiB, 512 * MiB, 1), StringComparison.Ordinal);

    [Fact]
    public void LoadProgress_OnceItLasts_SaysTheShareOnce()
    {
        using var error = new StringWriter();
        using var interruption = new Interruption(_ => { });
        var shell = new Shell { In = TextReader.Null, Out = TextWriter.Null, Error = error, Interruption = interruption };
        using (var silent = new LoadProgress(shell, "models/slow.gguf", LoadProgress.DefaultPatience))
            silent.Show(0.5);
        Assert.Equal("", error.ToString());
        using var progress = new LoadProgress(shell, "models/slow.gguf", TimeSpan.Zero);
        progress.Show(0.25);
        progress.Show(0.5);
        Assert.StartsWith("loading slow.gguf: 25%", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("50%", error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}

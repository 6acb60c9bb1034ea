using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

/// <summary>The peak is counted for the whole process, so nothing else may run meanwhile.</summary>
[Collection(nameof(TrainerMemoryCollection))]
public sealed class MemoryNeedTests : IDisposable
{
    private readonly TinyPretraining tiny = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MemoryNeed_OfARun_IsNearWhatItHolds(bool recompute)
    {
        var configuration = TinyPretraining.Plan.Configuration.DeepClone().AsObject();
        (configuration["hidden_size"], configuration["intermediate_size"], configuration["num_hidden_layers"]) = (96, 256, 6);
        var plan = TinyPretraining.Plan with
        {
            Configuration = configuration, Context = 256, TokensPerStep = 4096, Parts = 1, Steps = 2, Recompute = recompute,
            Evaluation = new EvaluationPlan { Every = 0, Documents = 1 }, Checkpoint = new CheckpointPlan { Every = 2 },
        };
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = EngineMemory.CurrentBytes;
        EngineMemory.ResetPeak();
        var started = 0L;
        Pretrainer.Run(tiny.Request("run", plan), new PretrainingRecorder { OnStart = s => started = s.MemoryBytes }, default);
        var held = EngineMemory.PeakBytes - before;
        var estimated = started - (128L << 20);
        Assert.True(held >= estimated * 0.6 && held <= estimated * 1.15, FormattableString.Invariant($"{held} held, {estimated} estimated"));
    }

    [Fact]
    public void Run_TooLittleMemory_SaysHowMuchItNeedsBeforeItStarts()
    {
        var configuration = TinyPretraining.Plan.Configuration.DeepClone().AsObject();
        (configuration["hidden_size"], configuration["intermediate_size"], configuration["num_hidden_layers"]) = (4096, 16384, 48);
        var plan = TinyPretraining.Plan with { Configuration = configuration };
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run", plan) with { MemoryLimit = 1L << 30 }, new PretrainingRecorder(), default));
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
        // 48 layers of 4096·(2·4096 + 2·2048) + 3·4096·16384 weights are 12.08 G; times 4 bytes and 3 (weights twice, gradients) + 1.5 (optimizer) + 1 (average) 247 GiB.
        Assert.Contains("training needs about 24", error.Message, StringComparison.Ordinal);
        Assert.Contains("--limit-memory is 1 GiB", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(tiny["run"], "checkpoints")));
    }

    [Fact]
    public void MemoryNeed_OfTexts_CountsThem()
    {
        File.WriteAllText(tiny["long.txt"], new string('a', 20_000_000));
        var source = new TextSource("long", [tiny["long.txt"]], TextBorders.File, 0.1, new SeededRandom(1));
        // At least the text itself (two bytes a character) and a token of four bytes for three characters.
        Assert.InRange(source.TextBytes, 3L * 20_000_000, 12L * 20_000_000);
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run") with { Sources = [new MixturePart(source, 1)], MemoryLimit = 200L << 20 }, new PretrainingRecorder(), default));
        Assert.Matches(@"MiB for texts and the program\), and --limit-memory is 200 MiB", error.Message);
        Assert.False(File.Exists(Path.Combine(tiny["run"], "tokenizer.json")));
    }

    [Fact]
    public void Run_MeasuredByEpisodes_KeepsToTheMemoryThatItIsSaidToNeed()
    {
        var configuration = TinyPretraining.Plan.Configuration.DeepClone().AsObject();
        (configuration["hidden_size"], configuration["intermediate_size"], configuration["num_hidden_layers"], configuration["vocab_size"]) = (32, 64, 1, 4000);
        configuration["max_position_embeddings"] = 512;
        var plan = TinyPretraining.Plan with
        {
            Configuration = configuration, Context = 512, TokensPerStep = 512, Parts = 1, Steps = 2,
            Evaluation = new EvaluationPlan { Every = 1, Episodes = 2 }, Checkpoint = new CheckpointPlan { Every = 2 },
        };
        // Eight labels that begin alike, far back: scored all at once and in full, they take 8·510·4000 numbers, 65 MB.
        int[] ids = [.. Enumerable.Range(0, 513).Select(i => i * i % 250)];
        IReadOnlyList<int[]> words = [.. Enumerable.Range(0, 8).Select(i => new[] { 7, i })];
        var source = new ListedSource(_ => new Document(ids, []), _ => new Document(ids, [new LabelSpan(509, 2, 4, words, 0)]));
        using var model = (CausalLanguageModel)NewModel.Unset(plan.Configuration);
        var need = MemoryNeed.Of(model, plan, texts: 0).Free;
        // What is reckoned for the runtime and the tokenizer is taken, so that the rest must do.
        using var taken = new NativeBuffer(128L << 20);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var others = EngineMemory.CurrentBytes - taken.Bytes;
        var recorder = new PretrainingRecorder();
        Pretrainer.Run(
            tiny.Request("run", plan) with { MemoryLimit = need + others, Sources = [new MixturePart(source, 1)], Tokenizer = new TokenizerPlan { Vocabulary = 258 } }, recorder, default);
        Assert.Equal(2, recorder.Steps.Count);
    }

    public void Dispose() => tiny.Dispose();
}

using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class ResumeTests : IDisposable
{
    private readonly TinyPretraining tiny = new();

    [Fact]
    public void Run_InTwoParts_GivesTheBitsOfOne()
    {
        var whole = Pretrainer.Run(tiny.Request("whole"), new PretrainingRecorder(), default);
        Pretrainer.Run(tiny.Request("parts") with { StopAfter = 3 }, new PretrainingRecorder(), default);
        var rest = new PretrainingRecorder();
        var parts = Pretrainer.Run(tiny.Request("parts"), rest, default);
        Assert.Equal((3, 3), (rest.First, rest.Steps.Count));
        Assert.Equal(TinyPretraining.Weights(whole), TinyPretraining.Weights(parts));
        Assert.Equal(Curves(whole), Curves(parts));
    }

    [Fact]
    public void Run_Interrupted_KeepsTheStepAndGoesOnWithTheSameBits()
    {
        var whole = Pretrainer.Run(tiny.Request("whole"), new PretrainingRecorder(), default);
        using var stop = new CancellationTokenSource();
        var first = new PretrainingRecorder { OnStep = step => { if (step == 3) stop.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => Pretrainer.Run(tiny.Request("stopped"), first, stop.Token));
        Assert.Equal([2, 3], first.Kept);
        Assert.Equal(TinyPretraining.Weights(whole), TinyPretraining.Weights(Pretrainer.Run(tiny.Request("stopped"), new PretrainingRecorder(), default)));
    }

    [Fact]
    public void Run_Ended_DoesNothingMoreAndGivesTheSameModel()
    {
        var first = TinyPretraining.Weights(Pretrainer.Run(tiny.Request("run"), new PretrainingRecorder(), default));
        var again = new PretrainingRecorder();
        Assert.Equal(first, TinyPretraining.Weights(Pretrainer.Run(tiny.Request("run"), again, default)));
        Assert.Empty(again.Steps);
    }

    [Fact]
    public void Run_WithAnotherPlan_IsRefusedWithWhatChanged()
    {
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 2 }, new PretrainingRecorder(), default);
        var other = TinyPretraining.Plan with { Optimizer = TinyPretraining.Plan.Optimizer with { Rate = 0.02 }, LabelWeight = 1 };
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run", other), new PretrainingRecorder(), default));
        Assert.Contains("optimizer.rate: 0.01 → 0.02; label_weight: 0.5 → 1)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OnChangedText_IsRefused()
    {
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 2 }, new PretrainingRecorder(), default);
        File.AppendAllText(tiny.TextPath, "\n\nanother cat sees the old house.");
        Assert.Contains("sources.text.content", Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run"), new PretrainingRecorder(), default)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state.safetensors", true)]
    [InlineData("state.safetensors", false)]
    [InlineData("state.json", true)]
    [InlineData("checksums.txt", true)]
    [InlineData("checksums.txt", false)]
    public void Run_DamagedCheckpoint_FallsBackToTheOneBeforeAndSaysSo(string file, bool cut)
    {
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 4 }, new PretrainingRecorder(), default);
        var path = Path.Combine(tiny["run"], "checkpoints", "step-4", file);
        var bytes = File.ReadAllBytes(path);
        if (!cut)
            bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, cut ? bytes[..(bytes.Length / 2)] : bytes);
        var after = new PretrainingRecorder();
        var result = Pretrainer.Run(tiny.Request("run"), after, default);
        Assert.Equal(2, after.First);
        Assert.Contains("step-4' is damaged", Assert.Single(after.Warnings), StringComparison.Ordinal);
        Assert.Contains("going on from step 2", after.Warnings[0], StringComparison.Ordinal);
        Assert.Equal(TinyPretraining.Weights(Pretrainer.Run(tiny.Request("whole"), new PretrainingRecorder(), default)), TinyPretraining.Weights(result));
    }

    [Fact]
    public void Run_AllCheckpointsDamaged_IsRefused()
    {
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 2 }, new PretrainingRecorder(), default);
        File.Delete(Path.Combine(tiny["run"], "checkpoints", "step-2", "state.json"));
        Assert.Contains("every checkpoint", Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run"), new PretrainingRecorder(), default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BehindADamagedCheckpoint_KeepsWhatItWritesAndGoesOnFromThere()
    {
        PretrainingRequest Request(int? stop) => tiny.Request("run", TinyPretraining.Plan with { Checkpoint = new CheckpointPlan { Every = 2, Keep = 1 } }) with { StopAfter = stop };
        Pretrainer.Run(Request(4), new PretrainingRecorder(), default);
        File.AppendAllText(Path.Combine(tiny["run"], "checkpoints", "step-4", "state.json"), " ");
        var (second, third) = (new PretrainingRecorder(), new PretrainingRecorder());
        Pretrainer.Run(Request(3), second, default);
        Pretrainer.Run(Request(null), third, default);
        Assert.Equal((2, 3), (second.First, third.First));
        Assert.Empty(third.Warnings);
        Assert.Equal(["step-6"], Directory.GetDirectories(Path.Combine(tiny["run"], "checkpoints")).Select(d => Path.GetFileName(d)!));
    }

    [Fact]
    public void Run_WhereAnOldCheckpointCannotBeRemoved_SaysSoAndGoesOn()
    {
        var plan = TinyPretraining.Plan with { Checkpoint = new CheckpointPlan { Every = 1, Keep = 1 } };
        // A file stands where the folder is moved before it is removed.
        var recorder = new PretrainingRecorder { OnStep = step => { if (step == 3) File.WriteAllText(Path.Combine(tiny["run"], "checkpoints", "step-2.partial"), "in the way"); } };
        Assert.Equal(6, Pretrainer.Run(tiny.Request("run", plan), recorder, default).Step);
        Assert.All(recorder.Warnings, w => Assert.Contains("an old checkpoint cannot be removed", w, StringComparison.Ordinal));
        Assert.NotEmpty(recorder.Warnings);
    }

    [Fact]
    public void Run_WhoseEvaluationFails_HasKeptTheStepBefore()
    {
        var source = new ListedSource(number => new Document([.. Enumerable.Range(0, 25).Select(i => (int)(number + i) % 250)], []), _ => throw new AttuneException("too little memory", AttuneErrorKind.Work));
        var recorder = new PretrainingRecorder();
        var request = tiny.Request("run", TinyPretraining.Plan with { Checkpoint = new CheckpointPlan { Every = 3 } }) with { Sources = [new MixturePart(source, 1)], Tokenizer = new TokenizerPlan { Vocabulary = 258 } };
        Assert.Throws<AttuneException>(() => Pretrainer.Run(request, recorder, default));
        Assert.Equal([3], recorder.Kept);
    }

    [Fact]
    public void Run_ManyCheckpoints_KeepsTheLastTwo()
    {
        Pretrainer.Run(tiny.Request("run", TinyPretraining.Plan with { Checkpoint = new CheckpointPlan { Every = 1 } }), new PretrainingRecorder(), default);
        Assert.Equal(["step-5", "step-6"], Directory.GetDirectories(Path.Combine(tiny["run"], "checkpoints")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal));
    }

    public void Dispose() => tiny.Dispose();

    private static string Curves(PretrainingResult result) => result.Curves.ToJson().ToJsonString();
}

using System.Text.RegularExpressions;
using Attune.Tensors;
using Attune.Training;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class DivergenceTests : IDisposable
{
    /// <summary>Every step multiplies the weights by 1 − 10⁴, until something overflows.</summary>
    private static readonly PretrainingPlan Growing = TinyPretraining.Plan with
    {
        Steps = 40, Clip = null, Optimizer = new OptimizerPlan { Rate = 1, WeightDecay = 1e4 }, Schedule = new SchedulePlan { Shape = RateShape.Constant }, Average = null,
        Checkpoint = new CheckpointPlan { Every = 1, Keep = 1 }, Evaluation = new EvaluationPlan { Every = 0 },
    };

    private readonly TinyPretraining tiny = new();

    [Fact]
    public void Run_ThatDiverges_LeavesACheckpointWhoseNextStepWasGood()
    {
        var (recorder, error) = Diverge("run", Growing);
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
        Assert.Matches(@"training diverged at step \d+: .*; lower the learning rate; the last good checkpoint is '.*step-\d+'", error.Message);
        Assert.True(recorder.Steps.Count >= 2);
        // The step behind the newest diverged, so the one before it is the last of which a finite loss is known, though one is kept.
        Assert.Equal([recorder.Steps.Count - 1], Steps("run"));
        Assert.EndsWith(FormattableString.Invariant($"step-{recorder.Steps.Count - 1}"), Named(error), StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"checkpoint of step {recorder.Steps.Count} is removed"), Assert.Single(recorder.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_StoppedBehindTheWeightsThatDiverge_StillHasTheOneBefore()
    {
        var steps = Diverge("whole", Growing).Recorder.Steps.Count;
        Pretrainer.Run(tiny.Request("run", Growing) with { StopAfter = steps }, new PretrainingRecorder(), default);
        Assert.Equal([steps - 1, steps], Steps("run"));
        Assert.EndsWith(FormattableString.Invariant($"step-{steps - 1}"), Named(Diverge("run", Growing).Error), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BegunWithTheNamedCheckpointAndALowerRate_HasFiniteLosses()
    {
        var (before, error) = Diverge("run", Growing);
        var start = Named(error);
        var plan = Growing with { Start = start, Steps = 2, Optimizer = new OptimizerPlan { Rate = 1e-6, WeightDecay = 0 }, Configuration = Growing.Configuration.DeepClone().AsObject() };
        var recorder = new PretrainingRecorder();
        Pretrainer.Run(tiny.Request("on", plan) with { Tokenizer = new TokenizerPlan { Path = start } }, recorder, default);
        Assert.Equal(2, recorder.Steps.Count);
        Assert.All(recorder.Steps, s => Assert.True(double.IsFinite(s.Loss) && double.IsFinite(s.Norm)));
        // The documents begin anew, so its first step reads what the first of all read, with other weights.
        Assert.NotEqual(before.Steps[0].Loss, recorder.Steps[0].Loss);
    }

    [Fact]
    public void Run_BegunWithACheckpoint_HasItsWeights()
    {
        Pretrainer.Run(tiny.Request("first") with { StopAfter = 2 }, new PretrainingRecorder(), default);
        var start = Path.Combine(tiny["first"], "checkpoints", "step-2");
        var still = TinyPretraining.Plan with { Start = start, Steps = 1, Average = null, Optimizer = new OptimizerPlan { Rate = 1e-12, WeightDecay = 0 }, Schedule = new SchedulePlan { Shape = RateShape.Constant } };
        Pretrainer.Run(tiny.Request("second", still) with { Tokenizer = new TokenizerPlan { Path = start } }, new PretrainingRecorder(), default);
        using var a = CheckpointStore.Open(start);
        using var b = CheckpointStore.Open(Path.Combine(tiny["second"], "checkpoints", "step-1"));
        foreach (var (name, tensor) in a.Tensors.Tensors.Where(t => t.Key.StartsWith("weights.", StringComparison.Ordinal)))
            Assert.Equal(tensor.ToFloat32(), b.Tensors.Tensors[name].ToFloat32(), (x, y) => Math.Abs(x - y) < 1e-9f);
    }

    [Fact]
    public void Run_BegunWithADamagedCheckpoint_IsRefused()
    {
        Pretrainer.Run(tiny.Request("first") with { StopAfter = 2 }, new PretrainingRecorder(), default);
        var start = Path.Combine(tiny["first"], "checkpoints", "step-2");
        File.AppendAllText(Path.Combine(start, "state.safetensors"), "x");
        var plan = TinyPretraining.Plan with { Start = start };
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("second", plan) with { Tokenizer = new TokenizerPlan { Path = start } }, new PretrainingRecorder(), default));
        Assert.Contains("step-2' is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhoseLastStepDiverges_WritesNoModel()
    {
        // −10⁴⁰ is no float32, so the only step leaves infinities.
        var plan = Growing with { Steps = 1, Optimizer = new OptimizerPlan { Rate = 1e20, WeightDecay = 1e22 } };
        var error = Diverge("run", plan).Error;
        Assert.Matches(@"training diverged at step 1: the parameter .* holds NaN or infinity; .*; no checkpoint is good", error.Message);
        Assert.False(Directory.Exists(Path.Combine(tiny["run"], "model")));
        Assert.Empty(Steps("run"));
    }

    [Fact]
    public void Run_SuspiciousAtADueCheckpoint_SaysThatItIsNotKept()
    {
        // Of 13 steps of one document each, the twelfth alone has a label, which counts a million times.
        var plan = TinyPretraining.Plan with { Steps = 13, Parts = 1, TokensPerStep = 24, LabelWeight = 1e6, Checkpoint = new CheckpointPlan { Every = 4 }, Evaluation = new EvaluationPlan { Every = 0 } };
        var recorder = new PretrainingRecorder();
        var source = new ListedSource(number => new Document([.. Enumerable.Range(0, 25).Select(i => (int)(number * 7 + i * i) % 250)], number == 11 ? [new LabelSpan(5, 1, 0, [[1], [2]], 0)] : []));
        Pretrainer.Run(tiny.Request("run", plan) with { Sources = [new MixturePart(source, 1)], Tokenizer = new TokenizerPlan { Vocabulary = 258 } }, recorder, default);
        Assert.Equal([4, 8, 13], recorder.Kept);
        Assert.Matches(@"^step 12: the gradients' norm was over 1000 times its median, so the weights are not kept$", Assert.Single(recorder.Warnings));
    }

    public void Dispose() => tiny.Dispose();

    private static string Named(DivergedException error) => Regex.Match(error.Message, "`start: '(.*)'`").Groups[1].Value;

    private IEnumerable<int> Steps(string run) => new CheckpointStore(CheckpointStore.FolderIn(tiny[run]), 1).Steps.Order();

    private (PretrainingRecorder Recorder, DivergedException Error) Diverge(string folder, PretrainingPlan plan)
    {
        var recorder = new PretrainingRecorder();
        return (recorder, Assert.Throws<DivergedException>(() => Pretrainer.Run(tiny.Request(folder, plan), recorder, default)));
    }
}

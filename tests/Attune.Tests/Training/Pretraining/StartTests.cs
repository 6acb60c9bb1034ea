using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class StartTests : IDisposable
{
    private readonly TinyPretraining tiny = new();

    [Fact]
    public void Run_WithStart_BeginsWithThatModelsWeights()
    {
        var first = Pretrainer.Run(tiny.Request("first"), new PretrainingRecorder(), default);
        // At a rate of nearly nothing what begins with them ends with them.
        var still = Going(first) with { Optimizer = new OptimizerPlan { Rate = 1e-12, WeightDecay = 0 }, Average = null, Steps = 1, Schedule = new SchedulePlan { Shape = RateShape.Constant } };
        var second = Pretrainer.Run(Request("second", first, still), new PretrainingRecorder(), default);
        Assert.Equal(TinyPretraining.Weights(first), TinyPretraining.Weights(second));
    }

    [Fact]
    public void Run_StartOfAnotherSize_NamesTheKey()
    {
        var first = Pretrainer.Run(tiny.Request("first"), new PretrainingRecorder(), default);
        var plan = Going(first);
        plan.Configuration["intermediate_size"] = 32;
        Assert.Contains("intermediate_size: 24 there, 32 here", Assert.Throws<AttuneException>(() => Pretrainer.Run(Request("second", first, plan), new PretrainingRecorder(), default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OtherStartThanBefore_IsRefused()
    {
        var first = Pretrainer.Run(tiny.Request("first"), new PretrainingRecorder(), default);
        Pretrainer.Run(Request("second", first, Going(first)) with { StopAfter = 2 }, new PretrainingRecorder(), default);
        var other = Pretrainer.Run(tiny.Request("other", TinyPretraining.Plan with { Seed = 4 }), new PretrainingRecorder(), default);
        Assert.Contains("start: ", Assert.Throws<AttuneException>(() => Pretrainer.Run(Request("second", first, Going(other)), new PretrainingRecorder(), default)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => tiny.Dispose();

    private static PretrainingPlan Going(PretrainingResult from) => TinyPretraining.Plan with { Start = from.ModelFolder, Configuration = TinyPretraining.Plan.Configuration.DeepClone().AsObject() };

    private PretrainingRequest Request(string folder, PretrainingResult from, PretrainingPlan plan) => tiny.Request(folder, plan) with { Tokenizer = new TokenizerPlan { Path = from.ModelFolder } };
}

using System.Runtime.InteropServices;
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
        // Adam moves nothing by more than the rate, so what begins with them ends next to them.
        var still = Going(first) with { Optimizer = new OptimizerPlan { Rate = 1e-12, WeightDecay = 0 }, Average = null, Steps = 1, Schedule = new SchedulePlan { Shape = RateShape.Constant } };
        var second = Pretrainer.Run(Request("second", first, still), new PretrainingRecorder(), default);
        Assert.All(Numbers(first).Zip(Numbers(second)), n => Assert.Equal(n.First, n.Second, 1e-9f));
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

    [Fact]
    public void Run_WithStart_SaysInTheCardWhatItBeganWith()
    {
        var first = Pretrainer.Run(tiny.Request("first"), new PretrainingRecorder(), default);
        var second = Pretrainer.Run(Request("second", first, Going(first)), new PretrainingRecorder(), default);
        var card = File.ReadAllText(Path.Combine(second.ModelFolder, "README.md"));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(TinyPretraining.Weights(first)))[..16];
        Assert.Contains($"began with the weights of the model `first/model` (model.safetensors with the SHA-256 {hash}…)", card, StringComparison.Ordinal);
        Assert.DoesNotContain("from nothing", card, StringComparison.Ordinal);
        Assert.Contains("from nothing", File.ReadAllText(Path.Combine(first.ModelFolder, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_StartInsideTheRun_IsRefusedBeforeAnythingIsReplaced()
    {
        var first = Pretrainer.Run(tiny.Request("first"), new PretrainingRecorder(), default);
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(Request("first", first, Going(first)), new PretrainingRecorder(), default));
        Assert.Matches("^start: '.*' lies in the folder of the run, .*; give another folder with -o$", error.Message);
    }

    [Theory]
    [InlineData("config.json", "has no config.json; give the folder of a model that attune pretrain wrote")]
    [InlineData("model.safetensors", "has no model.safetensors; give the folder of a model that attune pretrain wrote")]
    public void Run_StartWithoutAFile_NamesIt(string file, string expected)
    {
        var first = Pretrainer.Run(tiny.Request("first"), new PretrainingRecorder(), default);
        File.Delete(Path.Combine(first.ModelFolder, file));
        Assert.Contains(expected, Assert.Throws<AttuneException>(() => Pretrainer.Run(Request("second", first, Going(first)), new PretrainingRecorder(), default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_StartWithABrokenConfiguration_NamesTheFile()
    {
        var first = Pretrainer.Run(tiny.Request("first"), new PretrainingRecorder(), default);
        File.WriteAllText(Path.Combine(first.ModelFolder, "config.json"), "{\"model_type\": ");
        Assert.Contains("config.json' ", Assert.ThrowsAny<AttuneException>(() => Pretrainer.Run(Request("second", first, Going(first)), new PretrainingRecorder(), default)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => tiny.Dispose();

    /// <summary>What stands behind the header.</summary>
    private static float[] Numbers(PretrainingResult result)
    {
        var bytes = TinyPretraining.Weights(result);
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + (int)BitConverter.ToInt64(bytes))).ToArray();
    }

    private static PretrainingPlan Going(PretrainingResult from) => TinyPretraining.Plan with { Start = from.ModelFolder, Configuration = TinyPretraining.Plan.Configuration.DeepClone().AsObject() };

    private PretrainingRequest Request(string folder, PretrainingResult from, PretrainingPlan plan) => tiny.Request(folder, plan) with { Tokenizer = new TokenizerPlan { Path = from.ModelFolder } };
}

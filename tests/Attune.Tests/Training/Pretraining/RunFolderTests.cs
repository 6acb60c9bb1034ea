using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class RunFolderTests : IDisposable
{
    private readonly TinyPretraining tiny = new();

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("curves.html")]
    [InlineData("model/model.safetensors")]
    public void Run_InAFolderOfSomethingElse_IsRefusedAndWritesNothing(string file)
    {
        var foreign = Write("other", file, "mine");
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("other"), new PretrainingRecorder(), default));
        Assert.Contains($"holds '{file.Split('/')[0]}' and no training that was begun there", error.Message, StringComparison.Ordinal);
        Assert.Equal([foreign], Directory.GetFiles(tiny["other"], "*", SearchOption.AllDirectories));
        Assert.Equal("mine", File.ReadAllText(foreign));
    }

    [Fact]
    public void Run_InAnEmptyFolder_Trains()
    {
        Directory.CreateDirectory(tiny["run"]);
        Assert.Equal(2, Pretrainer.Run(tiny.Request("run") with { StopAfter = 2 }, new PretrainingRecorder(), default).Step);
    }

    [Theory]
    [InlineData("model/notes.txt")]
    [InlineData("model")]
    public void Run_WithAForeignFileInTheModelsPlace_IsRefusedBeforeItTrains(string file)
    {
        RunLock.Take(tiny["run"]).Dispose();
        var foreign = Write("run", file, "mine");
        var recorder = new PretrainingRecorder();
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run"), recorder, default));
        Assert.Contains($"'{foreign}' stands where the trained model is written", error.Message, StringComparison.Ordinal);
        Assert.Contains("move it away and give the same command again", error.Message, StringComparison.Ordinal);
        Assert.Equal((-1, 0), (recorder.First, recorder.Steps.Count));
    }

    [Fact]
    public void Run_WithOtherSources_LeavesTheTokenizerAsItWas()
    {
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 2 }, new PretrainingRecorder(), default);
        var before = Tokenizer();
        var request = tiny.Request("run") with { Sources = [new MixturePart(tiny.Source(), 1), new MixturePart(tiny.Source("second", TextBorders.Line), 1)] };
        Assert.Contains("sources.second", Assert.Throws<AttuneException>(() => Pretrainer.Run(request, new PretrainingRecorder(), default)).Message, StringComparison.Ordinal);
        Assert.Equal(before, Tokenizer());
    }

    [Fact]
    public void Run_WithAnotherVocabulary_LeavesTheTokenizerAsItWas()
    {
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 2 }, new PretrainingRecorder(), default);
        var before = Tokenizer();
        var request = tiny.Request("run") with { Tokenizer = new TokenizerPlan { Vocabulary = 264, SampleCharacters = 20_000 } };
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(request, new PretrainingRecorder(), default));
        Assert.Contains("another tokenizer (bpe 270 20000 → bpe 264 20000", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Tokenizer());
    }

    [Fact]
    public void Run_WhoseTokenizerWasRemoved_LearnsTheSameAgain()
    {
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 2 }, new PretrainingRecorder(), default);
        var before = Tokenizer();
        File.Delete(Path.Combine(tiny["run"], "tokenizer.json"));
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 3 }, new PretrainingRecorder(), default);
        Assert.Equal(before, Tokenizer());
    }

    [Fact]
    public void Run_AfterKills_RemovesWhatTheyLeftAndNothingElse()
    {
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 2 }, new PretrainingRecorder(), default);
        string[] left = ["checkpoints/step-231.partial/state.safetensors", "curves.html.417.partial", "tokenizer.json.9.partial", "model.ab12cd3e.f4g.partial/config.json"];
        string[] others = ["notes.partial", "curves.html.backup.partial", "checkpoints/old.partial/x"];
        foreach (var name in left.Concat(others))
            Write("run", name, "half");
        Pretrainer.Run(tiny.Request("run") with { StopAfter = 3 }, new PretrainingRecorder(), default);
        Assert.All(left, name => Assert.False(Path.Exists(Path.Combine(tiny["run"], name)), name));
        Assert.All(others, name => Assert.True(File.Exists(Path.Combine(tiny["run"], name)), name));
    }

    [Fact]
    public void Run_WithAGivenTokenizer_KeepsACopyForThoseWhoBeginWithACheckpoint()
    {
        var first = Pretrainer.Run(tiny.Request("first") with { StopAfter = 1 }, new PretrainingRecorder(), default);
        Pretrainer.Run(tiny.Request("second") with { StopAfter = 1, Tokenizer = new TokenizerPlan { Path = first.ModelFolder } }, new PretrainingRecorder(), default);
        Assert.Equal(File.ReadAllBytes(Path.Combine(first.ModelFolder, "tokenizer.json")), File.ReadAllBytes(Path.Combine(tiny["second"], "tokenizer.json")));
        var start = Path.Combine(tiny["second"], "checkpoints", "step-1");
        var plan = TinyPretraining.Plan with { Start = start };
        Assert.Equal(1, Pretrainer.Run(tiny.Request("third", plan) with { StopAfter = 1, Tokenizer = new TokenizerPlan { Path = start } }, new PretrainingRecorder(), default).Step);
    }

    public void Dispose() => tiny.Dispose();

    private byte[] Tokenizer() => File.ReadAllBytes(Path.Combine(tiny["run"], "tokenizer.json"));

    private string Write(string folder, string name, string text)
    {
        var path = Path.Combine(tiny[folder], Path.Combine(name.Split('/')));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}

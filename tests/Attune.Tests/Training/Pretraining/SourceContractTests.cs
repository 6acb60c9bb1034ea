using Attune.Data.Generators;
using Attune.Models.Tokenizers;
using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class SourceContractTests : IDisposable
{
    private readonly TinyPretraining tiny = new();
    private readonly DocumentEncoder encoder = new(BytePairTrainer.Train([""], new BytePairTrainingOptions { VocabularySize = 257, SpecialTokens = [TokenizerPlan.EndOfText] }).Load(), 0, 64);

    [Theory]
    [InlineData("text")]
    [InlineData("task")]
    [InlineData("episodes")]
    [InlineData("generated")]
    public async Task Documents_ReadWhileHeldOutSetsAreRead_AreThoseOfAQuietReading(string kind)
    {
        var quiet = Prepared(kind);
        var (expected, expectedHeldOut) = (Training(quiet), HeldOut(quiet));
        var busy = Prepared(kind);
        var beside = Task.Run(() => Training(busy));
        Assert.Equal(expectedHeldOut, HeldOut(busy));
        Assert.Equal(expected, await beside);
    }

    [Fact]
    public void Prepare_Stopped_EndsWithoutReadingOn() =>
        Assert.Throws<OperationCanceledException>(() => tiny.Source().Prepare(encoder, new CancellationToken(canceled: true)));

    public void Dispose() => tiny.Dispose();

    private static List<string> Training(IDocumentSource source) => [.. Enumerable.Range(0, 120).Select(i => string.Join(' ', source.Read(i).Ids))];

    private static List<string> HeldOut(IDocumentSource source) =>
        [.. source.HeldOut.SelectMany(s => Enumerable.Range(0, 60).Select(i => s.Read(i) is { } d ? string.Join(' ', d.Ids) : ""))];

    private IDocumentSource Prepared(string kind)
    {
        var random = new SeededRandom(4);
        IDocumentSource source = kind switch
        {
            "text" => tiny.Source(),
            "task" => new TaskSource("task", Rows(), (2, 5), 0.2, random),
            "episodes" => new EpisodeSource("episodes", null, new EpisodeOptions { MaxCharacters = 200 }, random),
            _ => new GeneratedSource("numbers", own => string.Join(' ', Enumerable.Range(0, 20).Select(_ => own.Next(50))), random),
        };
        source.Prepare(encoder, default);
        return source;
    }

    private string Rows()
    {
        var path = tiny["rows.csv"];
        File.WriteAllText(path, "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"row {i},{(i % 2 == 0 ? "even" : "odd")}\n")));
        return path;
    }
}

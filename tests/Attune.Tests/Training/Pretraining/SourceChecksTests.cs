using System.Globalization;
using Attune.Models.Tokenizers;
using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class SourceChecksTests : IDisposable
{
    private readonly TinyPretraining tiny = new();

    [Theory]
    [InlineData("0-1", null)]
    [InlineData("0-0.4 0.4-1", null)]
    [InlineData("0-0.4 0.3-0.9 0.9-1", null)]
    [InlineData("0.1-1", "0-0.1")]
    [InlineData("0-0.4", "0.4-1")]
    [InlineData("0-0.4 0.75-1", "0.4-0.75")]
    [InlineData("0-0.2 0.1-0.5 0.7-0.8 0.6-1", "0.5-0.6")]
    public void FirstGap_OfStretches_IsWhatNoneCovers(string stretches, string? expected)
    {
        var parts = stretches.Split(' ').Select(s => s.Split('-')).Select(s => new MixturePart(tiny.Source(), 1, Number(s[0]), Number(s[1]))).ToList();
        var gap = SourceChecks.FirstGap(parts);
        Assert.Equal(expected, gap is var (from, until) ? string.Create(CultureInfo.InvariantCulture, $"{from}-{until}") : null);
    }

    [Fact]
    public void Run_SourceAloneForATime_NeedsTheTokensOfAWholeStep()
    {
        // Beside prose it would be asked for a fiftieth of a step, which it has; alone it is asked for all.
        var plan = TinyPretraining.Plan with { TokensPerStep = 100_000 };
        var prose = new GeneratedSource("prose", r => Attune.Data.Generators.GeneratedProse.Draw(r, 100), new SeededRandom(1));
        var request = tiny.Request("run", plan) with { Sources = [new MixturePart(tiny.Source(), 1, 0, 0.5), new MixturePart(prose, 49, 0.5)] };
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(request, new PretrainingRecorder(), default));
        Assert.Matches(@"^the source 'text' has \d+ tokens for training, and a step takes 100000 of it", error.Message);
    }

    [Fact]
    public void Run_NothingHeldOut_SaysSo()
    {
        var recorder = new PretrainingRecorder();
        var source = new TextSource("texts", [tiny.TextPath], TextBorders.BlankLine, 1e-6, new SeededRandom(1));
        Pretrainer.Run(tiny.Request("run") with { Sources = [new MixturePart(source, 1)], StopAfter = 1 }, recorder, default);
        Assert.Contains("the source 'texts' has nothing to measure by: a share of 1E-06 held out of its 40 documents gave none; raise held_out", Assert.Single(recorder.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TokenizerWithoutAnEnd_SaysSo()
    {
        File.WriteAllBytes(tiny["tokenizer.json"], BytePairTrainer.Train([TinyPretraining.Text(4, 4)], new BytePairTrainingOptions { VocabularySize = 270, SpecialTokens = [] }).Json.ToArray());
        var recorder = new PretrainingRecorder();
        Pretrainer.Run(tiny.Request("run") with { Tokenizer = new TokenizerPlan { Path = tiny["tokenizer.json"] }, StopAfter = 1 }, recorder, default);
        Assert.Contains("tokenizer.json' has no token that ends a text", Assert.Single(recorder.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Sample_EndingWithinAPair_LeavesThePairOut()
    {
        File.WriteAllText(tiny["pairs.txt"], string.Concat(Enumerable.Repeat("\U0001F600", 900)));
        var source = new TextSource("pairs", [tiny["pairs.txt"]], TextBorders.File, 0, new SeededRandom(1));
        Assert.Equal(1000, Assert.Single(PretrainingTokenizer.Sample(new TokenizerPlan { SampleCharacters = 1001 }, [new MixturePart(source, 1)])).Length);
    }

    [Fact]
    public void TaskSource_HeldOutEpisodes_AskForEachRowOnceBehindEveryNumberOfRows()
    {
        File.WriteAllText(tiny["rows.csv"], "text,label\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"row {i},{(i % 2 == 0 ? "even" : "odd")}\n")));
        var tokenizer = BytePairTrainer.Train([""], new BytePairTrainingOptions { VocabularySize = 257, SpecialTokens = [TokenizerPlan.EndOfText] }).Load();
        var source = new TaskSource("rows", tiny["rows.csv"], (2, 5), 0.2, new SeededRandom(1));
        source.Prepare(new DocumentEncoder(tokenizer, 0, 512), default);
        var set = Assert.Single(source.HeldOut);
        var episodes = Enumerable.Range(0, 1000).Select(set.Read).TakeWhile(d => d is not null).Select(d => tokenizer.Decode(d!.Ids, skipSpecial: true)).ToList();
        Assert.InRange(episodes.Count, 5, 40);
        foreach (var shot in Enumerable.Range(0, 5))
        {
            var asked = episodes.Select(e => System.Text.RegularExpressions.Regex.Matches(e, @"row \d+")[shot].Value).ToList();
            Assert.Equal(episodes.Count, asked.Distinct().Count());
        }
    }

    [Fact]
    public void MemoryNeed_TooMuchForAPart_NamesPartsThatWouldDo()
    {
        // Parts of fewer tokens than a sequence has are no help.
        var plan = TinyPretraining.Plan with { Context = 256, TokensPerStep = 1 << 20, Parts = 1, Recompute = true };
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run", plan) with { MemoryLimit = 160L << 20 }, new PretrainingRecorder(), default));
        var parts = int.Parse(System.Text.RegularExpressions.Regex.Match(error.Message, @"with parts: (\d+) it needs about \d+ MiB").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(plan.TokensPerStep % parts == 0 && plan.TokensPerStep / parts >= plan.Context);
        var none = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run", plan with { Context = 1 << 20 }) with { MemoryLimit = 160L << 20 }, new PretrainingRecorder(), default));
        Assert.Contains("choose a smaller model, or give more memory", none.Message, StringComparison.Ordinal);
    }

    public void Dispose() => tiny.Dispose();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

using Attune.Data;
using Attune.Methods;
using Attune.Methods.Prompt;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Tests.Methods;

public sealed class IclBestOfTests : IDisposable
{
    private readonly LanguageModel model = TinyModels.Language(context: 2048);
    private readonly TaskSpec task;
    private readonly IReadOnlyList<Example> rows;

    public IclBestOfTests() => (task, rows) = TinyModels.Task(24);

    /// <summary>The sets of n + 1 candidates are those of n and one more, so the best of them cannot be worse; and not all sets are equally good.</summary>
    [Fact]
    public void Fit_WithMoreCandidates_NeverChoosesAWorseSet()
    {
        double[] scores = [.. Enumerable.Range(1, 6).Select(n => MeanLogProbability(Fit(new IclBestOfOptions { Demonstrations = 4, Candidates = n })))];
        Assert.Equal(scores.Order(), scores);
        Assert.True(scores[^1] > scores[0]);
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(100, 12)]
    public void Fit_OfTwentyFourRows_KeepsHalfToJudge(int asked, int given) =>
        Assert.Equal(given, Set(Fit(new IclBestOfOptions { Demonstrations = asked, Candidates = 2 })).Count);

    [Theory]
    [InlineData(0, 8)]
    [InlineData(16, 0)]
    public void Fit_WithoutDemonstrationsOrCandidates_IsRefused(int demonstrations, int candidates)
    {
        var error = Assert.Throws<AttuneException>(() => Fit(new IclBestOfOptions { Demonstrations = demonstrations, Candidates = candidates }));
        Assert.Contains("both must be at least 1", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => model.Dispose();

    private static IReadOnlyList<Example> Set(Adaptation adaptation) => adaptation.Interventions.OfType<FixedDemonstrations>().Single().Examples;

    private Adaptation Fit(IclBestOfOptions options) => new IclBestOf().Fit(new FitContext { Task = task, Examples = rows, Model = model, Seed = 3 }, options);

    /// <summary>Of the rows that the chosen set does not show, each asked by itself.</summary>
    private double MeanLogProbability(Adaptation adaptation)
    {
        using var predictor = new Predictor(adaptation, model, null, OverflowPolicy.Error);
        return rows.Except(Set(adaptation)).Average(row =>
        {
            var p = predictor.Predict([row.Input])[0];
            return Math.Log(p.Label == row.Label ? p.Probabilities.Max() : p.Probabilities.Min());
        });
    }
}

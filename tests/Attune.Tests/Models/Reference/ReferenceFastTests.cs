using Attune.Models;
using Attune.Models.Generation;
using Attune.Models.Loading;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Tests.Models.Reference;

/// <summary>The real model in <see cref="Precision.Fast"/>, loaded once.</summary>
public sealed class FastModel : IDisposable
{
    private readonly Lazy<LanguageModel> model = new(() => ModelLoader.LoadLanguageModel(TestFolders.Model("smollm2-135m-instruct"), Precision.Fast));

    public LanguageModel Language
    {
        get
        {
            TestFolders.Model("smollm2-135m-instruct");
            return model.Value;
        }
    }

    public void Dispose()
    {
        if (model.IsValueCreated)
            model.Value.Dispose();
    }
}

[Collection("Reference")]
[Trait("Category", "Goldens")]
public sealed class ReferenceFastTests(ReferenceModels models, FastModel fast) : IClassFixture<FastModel>
{
    [SkippableFact]
    public void Perplexity_Fast_WithinOnePercentOfExact()
    {
        var exact = ReferenceForwardTests.Perplexity(models.Language, chunks: 8);
        Assert.InRange(ReferenceForwardTests.Perplexity(fast.Language, chunks: 8) / exact, 0.99, 1.01);
    }

    [SkippableFact]
    public void Score_OneOrTwoThreadsAloneOrInABatch_SameBits()
    {
        var model = fast.Language;
        string[] texts = ["The film was", "A dull, slow story that never", "Question: what is the capital of France? Answer:", "x", "The film was not what anyone had hoped"];
        int[][] words = [model.Tokenizer.Encode(" good", addSpecial: false), model.Tokenizer.Encode(" terrible indeed", addSpecial: false)];
        ScoreRequest[] requests = [.. texts.Select(t => new ScoreRequest(model.Tokenizer.Encode(t, addSpecial: false), words))];
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var one = Score(model, requests, "one");
            ThreadTeam.Threads = 2;
            Assert.Equal(one, Score(model, requests, "two"));
            Assert.Equal(one, requests.SelectMany((r, i) => Score(model, [r], $"alone {i}")));
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [SkippableFact]
    public void Score_FourTasks_DecidesAsExactWhereTheMarginIsClear()
    {
        var (same, all) = (0, 0);
        var misses = new List<string>();
        foreach (var r in ReferenceModels.Json("classification.json").GetProperty("results").EnumerateArray())
        {
            var set = new ReferenceClassification(fast.Language.Tokenizer, r);
            var scores = fast.Language.Score(set.Requests, null, CancellationToken.None);
            var right = 0;
            for (var i = 0; i < scores.Count; i++)
            {
                var got = scores[i].TokenLogProbabilities.Select(t => t.Sum()).ToArray();
                var (decision, wanted) = (Array.IndexOf(got, got.Max()), Array.IndexOf(set.Expected[i], set.Expected[i].Max()));
                var margin = set.Expected[i][wanted] - set.Expected[i].Where((_, l) => l != wanted).Max();
                if (decision != wanted && margin > 0.25)
                    misses.Add(FormattableString.Invariant($"{set.Task} row {i}: label {decision} instead of {wanted}, whose margin is {margin:0.000}"));
                same += decision == wanted ? 1 : 0;
                right += decision == set.Labels[i] ? 1 : 0;
            }
            all += scores.Count;
            if (Math.Abs(right / (double)scores.Count - set.Accuracy) > 0.03 + 1e-9)
                misses.Add(FormattableString.Invariant($"{set.Task}: accuracy {right / (double)scores.Count:0.000} instead of {set.Accuracy:0.000}"));
        }
        Assert.True(misses.Count == 0 && same >= 0.96 * all, $"{same} of {all} rows are decided alike; {string.Join("; ", misses)}");
    }

    // Empty sites of another key each time: nothing comes from the cache. Compared as bits: numbers compare −0 and 0 as equal.
    private static List<long> Score(LanguageModel model, ScoreRequest[] requests, string stateKey) =>
        [.. model.Score(requests, new SiteSet(model.Transformer, stateKey), CancellationToken.None).SelectMany(s => s.TokenLogProbabilities).SelectMany(t => t).Select(v => BitConverter.DoubleToInt64Bits(v))];
}

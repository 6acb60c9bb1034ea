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

    // Empty sites of another key each time: nothing comes from the cache. Compared as bits: numbers compare −0 and 0 as equal.
    private static List<long> Score(LanguageModel model, ScoreRequest[] requests, string stateKey) =>
        [.. model.Score(requests, new SiteSet(model.Transformer, stateKey), CancellationToken.None).SelectMany(s => s.TokenLogProbabilities).SelectMany(t => t).Select(v => BitConverter.DoubleToInt64Bits(v))];
}

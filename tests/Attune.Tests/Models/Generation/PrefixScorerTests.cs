using Attune.Models;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Generation;

[Collection("Reference")]
public sealed class PrefixScorerTests
{
    [Fact]
    public void Score_RowsTogether_EqualRowsAloneBitForBit()
    {
        var requests = Requests(40, new SeededRandom(5));
        using var together = TinyModels.Language();
        var expected = together.Score(requests, null, CancellationToken.None);
        foreach (var (request, i) in requests.Select((r, i) => (r, i)).Reverse())
        {
            // A model of its own has an empty cache.
            using var alone = TinyModels.Language();
            Same(expected[i], alone.Score([request], null, CancellationToken.None)[0]);
        }
    }

    [Fact]
    public void Score_AgainAndInAnotherOrder_SameBitsFromTheCache()
    {
        var requests = Requests(30, new SeededRandom(6));
        using var model = TinyModels.Language();
        var expected = model.Score(requests, null, CancellationToken.None);
        var computed = model.Counters.ComputedTokens;
        var again = model.Score([.. requests.Reverse()], null, CancellationToken.None).Reverse().ToArray();
        // The cache holds the prompts; the last token of each and the labels' are computed again: 1 + 6 tokens a row.
        Assert.Equal(30 * 7, model.Counters.ComputedTokens - computed);
        for (var i = 0; i < expected.Count; i++)
            Same(expected[i], again[i]);
    }

    [Fact]
    public void Score_TinyCache_EvictsAndGivesTheSameBits()
    {
        var requests = Requests(30, new SeededRandom(7));
        using var roomy = TinyModels.Language();
        using var tight = TinyModels.Language(cacheBytes: 700_000);
        var expected = roomy.Score(requests, null, CancellationToken.None);
        var actual = tight.Score(requests, null, CancellationToken.None);
        for (var i = 0; i < expected.Count; i++)
            Same(expected[i], actual[i]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Score_AnyThreads_SameBits(int threads)
    {
        var requests = Requests(12, new SeededRandom(8));
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            using var one = TinyModels.Language();
            var expected = one.Score(requests, null, CancellationToken.None);
            ThreadTeam.Threads = threads;
            using var many = TinyModels.Language();
            var actual = many.Score(requests, null, CancellationToken.None);
            for (var i = 0; i < expected.Count; i++)
                Same(expected[i], actual[i]);
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public void Score_SharedDemonstrations_AreComputedOnce()
    {
        using var model = TinyModels.Language(context: 2048);
        int[] shared = [.. Enumerable.Range(0, 300).Select(i => i % 250)];
        var requests = Enumerable.Range(0, 50).Select(i => new ScoreRequest([.. shared, i, 1, 2], [[3], [4]])).ToArray();
        model.Score(requests, null, CancellationToken.None);
        // 300 shared tokens once, and three of its own for each row.
        Assert.Equal(300 + 50 * 3, model.Counters.ComputedTokens);
    }

    [Fact]
    public void Score_SumOverAllNextTokens_IsOne()
    {
        using var model = TinyModels.Language();
        int[][] all = [.. Enumerable.Range(0, model.Transformer.Vocabulary).Select(t => new[] { t })];
        var result = model.Score([new ScoreRequest([1, 2, 3], all)], null, CancellationToken.None)[0];
        Assert.Equal(1, result.TokenLogProbabilities.Sum(t => Math.Exp(t[0])), 5);
    }

    [Fact]
    public void Score_LongContinuation_IsTheSumOfItsSteps()
    {
        using var model = TinyModels.Language();
        int[] continuation = [9, 8, 7, 6];
        var whole = model.Score([new ScoreRequest([1, 2, 3], [continuation])], null, CancellationToken.None)[0].TokenLogProbabilities[0];
        for (var i = 0; i < continuation.Length; i++)
        {
            var step = model.Score([new ScoreRequest([1, 2, 3, .. continuation[..i]], [[continuation[i]]])], null, CancellationToken.None)[0];
            Assert.Equal(whole[i], step.TokenLogProbabilities[0][0]);
        }
    }

    [Fact]
    public void Score_PromptLongerThanContext_NamesBothLengths()
    {
        using var model = TinyModels.Language(context: 16);
        var e = Assert.Throws<ContextOverflowException>(() => model.Score([new ScoreRequest(new int[16], [[1]])], null, CancellationToken.None));
        Assert.Equal((17, 16), (e.Tokens, e.Limit));
    }

    [Fact]
    public void Score_CacheSmallerThanOneSequence_SaysSo()
    {
        using var model = TinyModels.Language(context: 2048, cacheBytes: 20_000);
        var e = Assert.ThrowsAny<MemoryLimitException>(() => model.Score([new ScoreRequest(new int[600], [[1]])], null, CancellationToken.None));
        Assert.Equal(AttuneErrorKind.Work, e.Kind);
        Assert.Contains("--limit-memory", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_AfterACallShortOfMemory_TakesWholePassesAgain()
    {
        using var model = TinyModels.Language();
        var passes = new Passes { Most = 100 };
        var sites = new SiteSet(model.Transformer, "passes");
        sites.Add(ActivationPoint.BlockOutput, 0, passes);
        ScoreRequest Request(int seed) => new([.. Enumerable.Range(0, 400).Select(i => (i * seed + seed) % 250)], [[1]]);
        model.Score([Request(3)], sites, CancellationToken.None);
        Assert.Equal(64, passes.Sizes.Max());
        passes.Most = int.MaxValue;
        model.Score([Request(7)], sites, CancellationToken.None);
        Assert.Equal(400, passes.Sizes.Max());
    }

    [Fact]
    public void Score_CacheFullOfSequencesAtWork_TakesFewerAtOnceInWholePasses()
    {
        using var model = TinyModels.Language();
        var layout = new KvLayout(model.Transformer.Layers, model.Transformer.Attention);
        using var pool = new KvPagePool(layout, 64 * layout.PageBytes);
        using var tree = new PrefixTree(pool);
        pool.Evict = tree.EvictOne;
        using var scorer = new PrefixScorer(model.Transformer, Precision.Exact, tree);
        // Five pages are left; a prompt takes three.
        using var held = tree.Begin();
        held.Reserve(59 * KvLayout.PageTokens);
        var passes = new Passes();
        var sites = new SiteSet(model.Transformer, "full");
        sites.Add(ActivationPoint.BlockOutput, 0, passes);
        ScoreRequest[] requests = [.. Enumerable.Range(0, 4).Select(r => new ScoreRequest([.. Enumerable.Range(0, 40).Select(i => 50 * r + i)], [[1]]))];
        var actual = scorer.Score(requests, sites, CancellationToken.None);
        Assert.Equal([40, 40, 40, 40], passes.Sizes);
        var expected = model.Score(requests, null, CancellationToken.None);
        for (var i = 0; i < 4; i++)
            Same(expected[i], actual[i]);
    }

    [Fact]
    public void Generate_Greedy_EqualsScoringStepByStep()
    {
        using var model = TinyModels.Language();
        var text = model.Generate([1, 2, 3], new SamplingOptions { MaxTokens = 5 }, null, null, CancellationToken.None);
        var prompt = new List<int> { 1, 2, 3 };
        foreach (var id in text.Ids)
        {
            int[][] all = [.. Enumerable.Range(0, model.Transformer.Vocabulary).Select(t => new[] { t })];
            var scores = model.Score([new ScoreRequest([.. prompt], all)], null, CancellationToken.None)[0].TokenLogProbabilities.Select(t => t[0]).ToArray();
            Assert.Equal(Array.IndexOf(scores, scores.Max()), id);
            prompt.Add(id);
        }
    }

    [Fact]
    public void Generate_StopString_CutsBeforeItAndNeverShowsIt()
    {
        using var model = TinyModels.Language();
        var whole = model.Generate([65, 66], new SamplingOptions { MaxTokens = 12 }, null, null, CancellationToken.None).Text;
        var stop = whole[3..5];
        var shown = "";
        var cut = model.Generate([65, 66], new SamplingOptions { MaxTokens = 12, Stop = [stop] }, null, t => shown += t, CancellationToken.None);
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], cut.Text);
        Assert.Equal(cut.Text, shown);
        Assert.Equal("stop", cut.Ending);
    }

    [Fact]
    public void Generate_Sampled_SameSeedSameText()
    {
        using var model = TinyModels.Language();
        var options = new SamplingOptions { MaxTokens = 20, Temperature = 1.2, TopK = 40, TopP = 0.95, Seed = 11 };
        var first = model.Generate([65, 66], options, null, null, CancellationToken.None).Ids;
        Assert.Equal(first, model.Generate([65, 66], options, null, null, CancellationToken.None).Ids);
        Assert.NotEqual(first, model.Generate([65, 66], options with { Seed = 12 }, null, null, CancellationToken.None).Ids);
    }

    /// <summary>Notes the tokens of each pass, and refuses larger ones than <see cref="Most"/>.</summary>
    private sealed class Passes : ITensorSite
    {
        public List<int> Sizes { get; } = [];

        public int Most { get; set; } = int.MaxValue;

        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            if (batch.Count > Most)
                throw new MemoryLimitException("", 2, 1);
            Sizes.Add(batch.Count);
            return value;
        }
    }

    private static ScoreRequest[] Requests(int count, SeededRandom random)
    {
        // Prompts that share begins of many lengths, and labels of one to four tokens of which some begin others.
        int[] trunk = [.. Enumerable.Range(0, 120).Select(_ => random.Next(250))];
        int[][] labels = [[1], [1, 2], [1, 2, 3], [4, 5], [6, 7, 8, 9]];
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var shared = random.Next(trunk.Length);
            int[] own = [.. Enumerable.Range(0, 1 + random.Next(40)).Select(_ => random.Next(250))];
            return new ScoreRequest([.. trunk[..shared], .. own], labels);
        })];
    }

    private static void Same(ScoreResult expected, ScoreResult actual)
    {
        for (var c = 0; c < expected.TokenLogProbabilities.Length; c++)
            Assert.Equal(expected.TokenLogProbabilities[c].Select(BitConverter.DoubleToInt64Bits), actual.TokenLogProbabilities[c].Select(BitConverter.DoubleToInt64Bits));
    }
}

using Attune.Models;
using Attune.Models.Generation;
using Attune.Models.Loading;
using Attune.Tensors;
using Attune.Tests.Tensors;

namespace Attune.Tests.Models.Generation;

/// <summary>Work under a memory limit: the same bits, or one sentence.</summary>
[Collection(MemoryLimitCollection.Name)]
public sealed class TightMemoryTests
{
    [Fact]
    public void Score_UnderTighterAndTighterLimits_SameBitsUntilItSaysWhatIsNeeded()
    {
        var requests = Requests(60, new SeededRandom(9));
        var (expected, roomy) = Peak(() => Score(requests));
        var (tightest, refused) = (roomy, false);
        for (var limit = roomy; limit > 1000 && !refused; limit = limit * 2 / 3)
            try
            {
                Same(expected, MemoryLimitCollection.Within(limit, () => Score(requests)));
                tightest = limit;
            }
            catch (MemoryLimitException e)
            {
                Assert.True(e.NeededBytes > e.LimitBytes);
                refused = true;
            }
        Assert.True(refused, "a thousand bytes cannot be enough");
        Assert.True(tightest < roomy / 3, $"{roomy} bytes are used without a limit, and {tightest} is the least that was enough");
    }

    [Fact]
    public void Score_CacheGrownToTheLimit_GoesOnWithTheSameBits()
    {
        ScoreRequest[][] batches = [.. Enumerable.Range(1, 7).Select(seed => Requests(20, new SeededRandom((ulong)seed)))];
        var (expected, kept) = Unlimited(batches);
        using var model = TinyModels.Language(cacheBytes: 64 << 20);
        Same(expected[0], model.Score(batches[0], null, CancellationToken.None));
        // Room for less than the cache of what follows: its older part has to go.
        MemoryLimitCollection.Within(200_000, () =>
        {
            for (var i = 1; i < batches.Length; i++)
                Same(expected[i], model.Score(batches[i], null, CancellationToken.None));
            return 0;
        });
        Assert.Equal(20 * 2, kept); // a prompt's last token, and the first of a label of two
        Assert.True(Computed(model, batches[0]) > 2 * kept, "no page of the first prompts was given up");
    }

    /// <summary>The scores without a limit, and the tokens computed when the first batch comes again, of which all prompts are cached.</summary>
    private static (IReadOnlyList<ScoreResult>[] Scores, long Computed) Unlimited(ScoreRequest[][] batches)
    {
        using var model = TinyModels.Language(cacheBytes: 64 << 20);
        return ([.. batches.Select(b => model.Score(b, null, CancellationToken.None))], Computed(model, batches[0]));
    }

    private static long Computed(LanguageModel model, ScoreRequest[] requests)
    {
        var before = model.Counters.ComputedTokens;
        model.Score(requests, null, CancellationToken.None);
        return model.Counters.ComputedTokens - before;
    }

    [Fact]
    public void Generate_UnderATightLimit_SameTokens()
    {
        int[] prompt = [.. Enumerable.Range(0, 300).Select(i => i * 7 % 250)];
        var options = new SamplingOptions { MaxTokens = 20 };
        var (expected, roomy) = Peak(() => Generate(prompt, options));
        var tightest = roomy;
        try
        {
            for (var limit = roomy; limit > 1000; limit = limit * 9 / 10)
            {
                Assert.Equal(expected, MemoryLimitCollection.Within(limit, () => Generate(prompt, options)));
                tightest = limit;
            }
        }
        catch (MemoryLimitException)
        {
            // Below what the sequence's own cache needs.
        }
        Assert.True(tightest < roomy * 3 / 4, $"{roomy} bytes are used without a limit, and {tightest} is the least that was enough");
    }

    [Fact]
    public void Embed_UnderATightLimit_SameVectors()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => i % 3 == 0 ? "good film" : "a very dull plot and weak acting")];
        float[][] Embed()
        {
            using var encoder = TinyModels.Encoder();
            return encoder.Embed(texts);
        }
        var (expected, roomy) = Peak(Embed);
        var actual = MemoryLimitCollection.Within(roomy / 2, Embed);
        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(expected[i], actual[i]);
    }

    [Fact]
    public void GiveUp_OfTwoPrompts_TakesTheOneUsedLongestAgo()
    {
        var layout = new KvLayout(1, TinyModels.Language().Transformer.Attention);
        using var pool = new KvPagePool(layout, 1 << 20);
        using var tree = new PrefixTree(pool);
        pool.Evict = tree.EvictOne;
        int[] older = [.. Enumerable.Range(0, 16)], newer = [.. Enumerable.Range(100, 16)];
        foreach (var tokens in new[] { older, newer })
        {
            using var sequence = tree.Begin();
            sequence.Reserve(16);
            sequence.Advance(16);
            tree.Insert("", tokens, sequence);
        }
        tree.Find("", older, 16).Dispose();
        Assert.Equal(layout.PageBytes, tree.GiveUp(1));
        using var kept = tree.Find("", older, 16);
        using var gone = tree.Find("", newer, 16);
        Assert.Equal((16, 0), (kept.Length, gone.Length));
        // What a sequence holds stays.
        Assert.Equal(0, tree.GiveUp(1 << 20));
    }

    [Fact]
    public void GiveUp_WhileAnotherThreadIsAtWork_GivesNothing()
    {
        using var pool = new KvPagePool(new KvLayout(1, TinyModels.Language().Transformer.Attention), 1 << 20);
        pool.Release(pool.Rent());
        var given = -1L;
        using (pool.Enter())
        {
            var other = new Thread(() => given = pool.GiveUp(1));
            other.Start();
            other.Join();
        }
        Assert.Equal(0, given);
        Assert.True(pool.GiveUp(1) > 0);
    }

    [Fact]
    public void Load_WeightsAboveTheLimit_SaysSoBeforeTheWork()
    {
        var path = TinyFiles.WriteGguf(Path.Combine(Path.GetTempPath(), $"attune-tight-{Environment.ProcessId}.gguf"));
        try
        {
            var e = MemoryLimitCollection.Within(20_000, () => Assert.Throws<MemoryLimitException>(() => ModelLoader.LoadLanguageModel(path)));
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
            Assert.Equal(AttuneErrorKind.Work, e.Kind);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static IReadOnlyList<ScoreResult> Score(ScoreRequest[] requests)
    {
        using var model = TinyModels.Language(cacheBytes: 64 << 20);
        return model.Score(requests, null, CancellationToken.None);
    }

    private static IReadOnlyList<int> Generate(int[] prompt, SamplingOptions options)
    {
        using var model = TinyModels.Language(cacheBytes: 64 << 20);
        return model.Generate(prompt, options, null, null, CancellationToken.None).Ids;
    }

    private static (T Result, long Bytes) Peak<T>(Func<T> work)
    {
        EngineMemory.ResetPeak();
        var before = EngineMemory.CurrentBytes;
        var result = work();
        return (result, EngineMemory.PeakBytes - before);
    }

    private static ScoreRequest[] Requests(int count, SeededRandom random) =>
    [
        .. Enumerable.Range(0, count).Select(_ => new ScoreRequest([.. Enumerable.Range(0, 20 + random.Next(60)).Select(_ => random.Next(250))], [[1, 2], [3]])),
    ];

    private static void Same(IReadOnlyList<ScoreResult> expected, IReadOnlyList<ScoreResult> actual)
    {
        for (var i = 0; i < expected.Count; i++)
            for (var c = 0; c < 2; c++)
                Assert.Equal(expected[i].TokenLogProbabilities[c].Select(BitConverter.DoubleToInt64Bits), actual[i].TokenLogProbabilities[c].Select(BitConverter.DoubleToInt64Bits));
    }
}

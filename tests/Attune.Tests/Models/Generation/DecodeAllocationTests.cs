using Attune.Models;
using Attune.Models.Generation;
using Attune.Tensors;

namespace Attune.Tests.Models.Generation;

/// <summary>A token that is decoded allocates no managed byte, once the first sequence has made the pages.</summary>
[Collection("Reference")]
public sealed class DecodeAllocationTests
{
    /// <summary>Tokens of a sequence, and from where on it is measured: between these its list of pages, which doubles, does not grow (9 to 16 pages of 16).</summary>
    private const int Tokens = 250, Measured = 130;

    [Theory]
    [InlineData(Precision.Exact, 1)]
    [InlineData(Precision.Exact, 2)]
    [InlineData(Precision.Fast, 2)]
    public void Decode_AfterWarmUp_AllocatesNothing(Precision precision, int threads)
    {
        var before = ThreadTeam.Threads;
        ThreadTeam.Threads = threads;
        try
        {
            using var model = TinyModels.Language(precision: precision);
            Decode(model, new SamplingOptions());
            Assert.Equal(0, Least(() => Decode(model, new SamplingOptions())));
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public void Decode_SampledWithFilters_AllocatesNothing()
    {
        using var model = TinyModels.Language();
        var options = new SamplingOptions { Temperature = 0.8, TopK = 40, TopP = 0.9, MinP = 0.01, RepetitionPenalty = 1.1 };
        Decode(model, options);
        Assert.Equal(0, Least(() => Decode(model, options)));
    }

    [Fact]
    public void Generate_OfMoreTokens_AllocatesForTheirTextAlone()
    {
        using var model = TinyModels.Language();
        int[] prompt = [1, 2, 3];
        long Of(int tokens) => Least(() =>
        {
            var start = GC.GetTotalAllocatedBytes(precise: true);
            model.Generate(prompt, new SamplingOptions { MaxTokens = tokens }, null, null, CancellationToken.None);
            return GC.GetTotalAllocatedBytes(precise: true) - start;
        });
        Of(400);
        // Ids and text in growing lists, a string a token.
        Assert.InRange((Of(400) - Of(100)) / 300.0, 0, 200);
    }

    /// <summary>Bytes allocated while the later tokens of a sequence are fed and chosen, once an earlier sequence has made the pages.</summary>
    private static long Decode(LanguageModel model, SamplingOptions options)
    {
        using var feed = new TokenFeed(model, 8 << 20);
        var sampler = new Sampler(options);
        var history = new int[Tokens + 1];
        var scores = new float[model.Transformer.Vocabulary];
        var start = 0L;
        for (var sequence = 0; sequence < 2; sequence++)
        {
            feed.Clear();
            for (var i = 0; i < Tokens; i++)
            {
                if (i == Measured)
                    start = GC.GetTotalAllocatedBytes(precise: true);
                feed.Feed(history.AsSpan(i, 1)).CopyTo(scores);
                history[i + 1] = sampler.Next(scores, history.AsSpan(0, i + 1));
            }
        }
        return GC.GetTotalAllocatedBytes(precise: true) - start;
    }

    /// <summary>The least of a few runs: the runtime's own threads may allocate beside one.</summary>
    private static long Least(Func<long> measure) => Enumerable.Range(0, 4).Min(_ => measure());
}

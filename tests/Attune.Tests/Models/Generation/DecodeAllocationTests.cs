using Attune.Models;
using Attune.Models.Generation;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Generation;

/// <summary>A token that is decoded allocates no managed byte, once the first sequence has made the pages.</summary>
[Collection("Reference")]
public sealed class DecodeAllocationTests
{
    private const int Tokens = 100;

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

    /// <summary>Bytes allocated while tokens are made behind a prompt, as <see cref="TextGenerator"/> makes them, without their text.</summary>
    private static long Decode(LanguageModel model, SamplingOptions options)
    {
        using var graph = new Graph(recording: false) { Precision = model.Precision };
        var batch = new TokenBatch();
        using var pool = new KvPagePool(new KvLayout(model.Transformer.Layers, model.Transformer.Attention), 8 << 20);
        using var sequence = new PrefixTree(pool).Begin();
        var sampler = new Sampler(options);
        var history = new int[Tokens * 2];
        var count = 1;
        var start = 0L;
        for (var i = 0; i < Tokens * 2 - 1; i++)
        {
            if (i == Tokens)
            {
                // Pages are objects, made once and used again: those of the tokens to come are there.
                sequence.Reserve(Tokens);
                start = GC.GetTotalAllocatedBytes(precise: true);
            }
            graph.Reset();
            batch.Clear();
            sequence.Reserve(1);
            batch.Add(history.AsSpan(i, 1), sequence.Length, sequence);
            var hidden = model.Transformer.Forward(graph, batch, null);
            sequence.Advance(1);
            var logits = model.Transformer.Logits(graph, hidden, batch, null);
            history[count] = sampler.Next(logits[0], history.AsSpan(0, count));
            count++;
        }
        return GC.GetTotalAllocatedBytes(precise: true) - start;
    }

    /// <summary>The least of a few runs: the runtime's own threads may allocate beside one.</summary>
    private static long Least(Func<long> measure) => Enumerable.Range(0, 4).Min(_ => measure());
}

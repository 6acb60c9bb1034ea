using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Generation;

/// <summary>An encoder-decoder as a language model: scores and texts are those of its plain forward pass, whatever the batch, the cache and the memory.</summary>
[Collection("Reference")]
public sealed class SourceEngineTests
{
    [Fact]
    public void Score_ManyPrompts_EqualsTheForwardPassOfEachAlone()
    {
        using var model = TinyModels.EncoderDecoder();
        var requests = Requests(30, new SeededRandom(5));
        var actual = model.Score(requests, null, CancellationToken.None);
        for (var r = 0; r < requests.Length; r++)
            for (var c = 0; c < requests[r].Continuations.Count; c++)
                Close(Forward(model, requests[r].Prompt, requests[r].Continuations[c], null), actual[r].TokenLogProbabilities[c]);
    }

    [Fact]
    public void Score_RowsTogetherAloneAndAgain_SameBits()
    {
        var requests = Requests(30, new SeededRandom(6));
        using var together = TinyModels.EncoderDecoder();
        var expected = together.Score(requests, null, CancellationToken.None);
        var computed = together.Counters.ComputedTokens;
        Same(expected, together.Score([.. requests.Reverse()], null, CancellationToken.None).Reverse());
        // The prompts are cached; of the three labels two begin a third of 3 tokens.
        Assert.Equal(30 * 3, together.Counters.ComputedTokens - computed);
        using var alone = TinyModels.EncoderDecoder();
        Same(expected, requests.Select(r => alone.Score([r], null, CancellationToken.None)[0]));
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
            using var one = TinyModels.EncoderDecoder();
            var expected = one.Score(requests, null, CancellationToken.None);
            ThreadTeam.Threads = threads;
            using var several = TinyModels.EncoderDecoder();
            Same(expected, several.Score(requests, null, CancellationToken.None));
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public void Score_CacheOfAFewPages_EvictsAndGivesTheSameBits()
    {
        var requests = Requests(30, new SeededRandom(7));
        using var roomy = TinyModels.EncoderDecoder();
        // A page of 2 layers, 4 heads of 8 and 16 tokens of keys and values.
        using var tight = TinyModels.EncoderDecoder(cacheBytes: 6 * 2 * 4 * 16 * (8 + 16) * sizeof(float));
        Same(roomy.Score(requests, null, CancellationToken.None), tight.Score(requests, null, CancellationToken.None));
    }

    [Fact]
    public void Generate_Greedy_TakesTheLikeliestTokenOfTheForwardPass()
    {
        using var model = TinyModels.EncoderDecoder();
        int[] prompt = [10, 20, 30, 40];
        var ids = model.Generate(prompt, new SamplingOptions { MaxTokens = 20 }, null, null, CancellationToken.None).Ids;
        Assert.NotEmpty(ids);
        for (var i = 0; i < ids.Count; i++)
        {
            var best = Enumerable.Range(0, 256).MaxBy(t => Forward(model, prompt, [.. ids.Take(i), t], null)[i]);
            Assert.Equal(best, ids[i]);
        }
        Assert.Equal(ids, model.Generate(prompt, new SamplingOptions { MaxTokens = 20 }, null, null, CancellationToken.None).Ids);
    }

    [Fact]
    public void Sites_OfEveryKind_ActAsInTheForwardPass()
    {
        using var model = TinyModels.EncoderDecoder();
        var transformer = (EncoderDecoderModel)model.Transformer;
        using var memory = new Arena();
        var plain = Requests(3, new SeededRandom(9));
        foreach (var (name, attach) in Interventions(transformer, memory))
        {
            var sites = new SiteSet(transformer, name);
            attach(sites);
            var actual = model.Score(plain, sites, CancellationToken.None);
            for (var r = 0; r < plain.Length; r++)
                for (var c = 0; c < plain[r].Continuations.Count; c++)
                    Close(Forward(model, plain[r].Prompt, plain[r].Continuations[c], sites), actual[r].TokenLogProbabilities[c]);
            Assert.True(Math.Abs(actual[0].TokenLogProbabilities[0][0] - model.Score(plain, null, CancellationToken.None)[0].TokenLogProbabilities[0][0]) > 1e-4, $"{name} changes nothing");
            model.Forget(sites);
        }
    }

    [Fact]
    public void ForwardRows_OfPromptAndContinuation_HoldsTheDecodersStatesFromTheLastPromptTokenOn()
    {
        using var model = TinyModels.EncoderDecoder();
        var transformer = (EncoderDecoderModel)model.Transformer;
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add([1, 2, 3, 4, 5], prompt: 3);
        var states = transformer.Forward(graph, batch, null);
        var (source, target) = (new TokenBatch(), new TokenBatch());
        source.Add([1, 2, 3]);
        target.Add([transformer.StartId, 4, 5]);
        target.Source = transformer.Encode(graph, source, null);
        var expected = transformer.Decode(graph, target, null);
        Assert.All(states.Span[..(2 * states.Columns)].ToArray(), x => Assert.Equal(0, x));
        Assert.Equal(expected.Span.ToArray(), states.Span[(2 * states.Columns)..].ToArray());
    }

    [Fact]
    public void Score_LongerThanEitherSide_SaysHowLong()
    {
        using var model = TinyModels.EncoderDecoder(context: 8);
        Assert.Throws<ContextOverflowException>(() => model.Score([new ScoreRequest(new int[9], [[1]])], null, CancellationToken.None));
        Assert.Throws<ContextOverflowException>(() => model.Score([new ScoreRequest([1], [new int[9]])], null, CancellationToken.None));
        Assert.Throws<ContextOverflowException>(() => model.Generate(new int[9], new SamplingOptions(), null, null, CancellationToken.None));
        Assert.Equal(7, model.Generate([1], new SamplingOptions { MaxTokens = 50 }, NoEnd(model), null, CancellationToken.None).Ids.Count);
    }

    private static IEnumerable<(string Name, Action<SiteSet> Attach)> Interventions(EncoderDecoderModel model, Arena memory)
    {
        yield return ("embeddings", s => s.Embeddings.Add(new Doubled()));
        for (var layer = 0; layer < model.Layers; layer++)
            foreach (var point in Enum.GetValues<ActivationPoint>())
            {
                var (at, where) = (layer, point);
                yield return ($"{point} of block {layer}", s => s.Add(where, at, new Doubled()));
            }
        foreach (var role in (string[])["encoder.block.0.layer.0.SelfAttention.v", "decoder.block.1.layer.1.EncDecAttention.k", "decoder.block.0.layer.1.EncDecAttention.v", "decoder.block.0.layer.2.DenseReluDense.wi"])
            yield return (role, s => s.Add(model.Linears.Single(l => l.Name == role), new DoubledMap()));
        yield return ("logits", s => s.Logits.Add(new Doubled()));
        var random = new SeededRandom(3);
        Tensor Random()
        {
            var t = memory.Matrix(5, model.KvHeads * model.HeadDim);
            foreach (ref var x in t.Span)
                x = (float)random.NextNormal();
            return t;
        }
        var prefix = new KeyValuePrefix(5, [.. Enumerable.Range(0, model.CacheLayers).Select(_ => Random())], [.. Enumerable.Range(0, model.CacheLayers).Select(_ => Random())]) { Owner = memory };
        yield return ("prefix", s => s.Prefix = prefix);
    }

    /// <summary>Log-probabilities of a continuation by the uncached forward pass over both sides, softmax in float64.</summary>
    private static double[] Forward(LanguageModel model, int[] prompt, int[] continuation, SiteSet? sites)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add([.. prompt, .. continuation.AsSpan(0, continuation.Length - 1)], sites?.Prefix?.Length ?? 0, prompt: prompt.Length);
        var rows = Enumerable.Range(prompt.Length - 1, continuation.Length).ToArray();
        var logits = model.Transformer.Logits(graph, model.Transformer.ForwardRows(graph, batch, sites, rows), batch, sites);
        return [.. continuation.Select((token, i) =>
        {
            var row = logits[i].ToArray();
            return row[token] - row.Max() - Math.Log(row.Sum(x => Math.Exp((double)x - row.Max())));
        })];
    }

    private static SiteSet NoEnd(LanguageModel model)
    {
        var sites = new SiteSet(model.Transformer, "no end");
        sites.Logits.Add(new Without(256));
        return sites;
    }

    private static ScoreRequest[] Requests(int count, SeededRandom random) =>
        [.. Enumerable.Range(0, count).Select(i => new ScoreRequest([.. Enumerable.Range(0, 1 + random.Next(40)).Select(_ => random.Next(256)), i], [[65], [66, 67], [66, 68, 69]]))];

    private static void Close(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5);
    }

    private static void Same(IEnumerable<ScoreResult> expected, IEnumerable<ScoreResult> actual)
    {
        foreach (var (e, a) in expected.Zip(actual))
            for (var c = 0; c < e.TokenLogProbabilities.Length; c++)
                Assert.Equal(e.TokenLogProbabilities[c].Select(BitConverter.DoubleToInt64Bits), a.TokenLogProbabilities[c].Select(BitConverter.DoubleToInt64Bits));
    }

    private sealed class Doubled : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            // Every second column: a norm would take a factor on all of them away.
            var y = graph.Arena.Matrix(value.Rows, value.Columns);
            for (var i = 0; i < y.Count; i++)
                y.Span[i] = (1 + i % value.Columns % 2) * value.Span[i];
            return y;
        }
    }

    private sealed class DoubledMap : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites) => graph.Scale(module.Base(graph, x, sites), 2);
    }

    private sealed class Without(int token) : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            var y = graph.Arena.Matrix(value.Rows, value.Columns);
            value.Span.CopyTo(y.Span);
            for (var r = 0; r < y.Rows; r++)
                y[r][token] = float.NegativeInfinity;
            return y;
        }
    }
}

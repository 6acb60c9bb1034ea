using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Generation;

/// <summary>Vectors before what an encoder reads: those of tokens do what the tokens do, and they take room of the encoder alone.</summary>
public sealed class SourceSoftPromptTests
{
    private static readonly int[] Front = [200, 7, 131];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Score_VectorsOfTokens_SameBitsAsTheTokensInFront(bool withPrefix)
    {
        using var model = TinyModels.EncoderDecoder();
        using var memory = new Arena();
        var (plain, soft) = (new SiteSet(model.Transformer, "plain"), Soft(model, Front));
        if (withPrefix)
            plain.Prefix = soft.Prefix = Prefix(model, memory, 2);
        var requests = Requests(40);
        var untouched = model.Score(requests, null, default);
        var expected = Bits(model.Score([.. requests.Select(r => r with { Prompt = [.. Front, .. r.Prompt] })], plain, default));
        Assert.Equal(expected, Bits(model.Score(requests, soft, default)));
        Assert.NotEqual(expected, Bits(untouched));
        // What is cached under one set of interventions is not another's.
        Assert.Equal(expected, Bits(model.Score(requests, soft, default)));
        Assert.Equal(Bits(untouched), Bits(model.Score(requests, null, default)));
        Assert.Equal(expected, Bits(requests.Reverse().Select(r => model.Score([r], soft, default)[0]).Reverse()));
    }

    [Fact]
    public void Generate_VectorsOfTokens_SameTextAndWorkAsTheTokensInFront()
    {
        using var model = TinyModels.EncoderDecoder();
        var options = new SamplingOptions { MaxTokens = 20 };
        var differs = 0;
        foreach (var request in Requests(8))
        {
            var expected = model.Generate([.. Front, .. request.Prompt], options, null, null, default);
            var soft = Soft(model, Front);
            var actual = model.Generate(request.Prompt, options, soft, null, default);
            Assert.Equal(expected.Ids, actual.Ids);
            Assert.Equal(expected.ComputedTokens, actual.ComputedTokens);
            var again = model.Generate(request.Prompt, options, soft, null, default);
            Assert.Equal(expected.Ids, again.Ids);
            Assert.Equal(expected.ComputedTokens - Front.Length - request.Prompt.Length, again.ComputedTokens);
            differs += model.Generate(request.Prompt, options, null, null, default).Ids.SequenceEqual(expected.Ids) ? 0 : 1;
            model.Forget(soft);
        }
        Assert.True(differs > 0, "the vectors change no text");
    }

    [Fact]
    public void Score_VectorsOfNoToken_EqualsTheForwardPassOfWhatIsPlaced()
    {
        using var model = TinyModels.EncoderDecoder();
        using var memory = new Arena();
        var random = new SeededRandom(12);
        var rows = memory.Matrix(4, model.Transformer.Hidden);
        foreach (ref var x in rows.Span)
            x = (float)random.NextNormal();
        var sites = new SiteSet(model.Transformer, "free") { SoftPrompt = new Vectors(rows) };
        var requests = Requests(6);
        var actual = model.Score(requests, sites, default);
        for (var r = 0; r < requests.Length; r++)
            for (var c = 0; c < requests[r].Continuations.Count; c++)
                Assert.All(PlacedPass.Score(model, sites, requests[r].Prompt, requests[r].Continuations[c]).Zip(actual[r].TokenLogProbabilities[c]), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    [Fact]
    public void Lengths_OfEitherSide_AreCountedApart()
    {
        using var model = TinyModels.EncoderDecoder(context: 8);
        using var memory = new Arena();
        var soft = Soft(model, Front);
        var prefix = new SiteSet(model.Transformer, "prefix") { Prefix = Prefix(model, memory, 3) };
        void Score(SiteSet sites, int prompt, int continuation) => model.Score([new ScoreRequest(new int[prompt], [new int[continuation]])], sites, default);
        Score(soft, 5, 8);
        Assert.Equal((9, 8), Overflow(() => Score(soft, 6, 1)));
        Assert.Equal((9, 8), Overflow(() => Score(soft, 1, 9)));
        Score(prefix, 8, 5);
        Assert.Equal((9, 8), Overflow(() => Score(prefix, 9, 1)));
        Assert.Equal((9, 8), Overflow(() => Score(prefix, 1, 6)));
        using var noEnd = new LogitBias(model.Transformer.Vocabulary, new Dictionary<int, float> { [256] = -1e4f });
        foreach (var (sites, longest, written) in new[] { (soft, 5, 7), (prefix, 8, 4) })
        {
            sites.Logits.Add(noEnd);
            Assert.Equal(written, model.Generate(new int[longest], new SamplingOptions { MaxTokens = 50 }, sites, null, default).Ids.Count);
            Assert.Equal((9, 8), Overflow(() => model.Generate(new int[longest + 1], new SamplingOptions(), sites, null, default)));
        }
        Assert.Equal((3, 0), (model.PositionsBeside(4, soft), model.PositionsBeside(4, prefix)));
    }

    [Fact]
    public void PositionsBeside_InADecoder_AreAllOfThem()
    {
        using var model = TinyModels.Language();
        var sites = new SiteSet(model.Transformer, "soft") { SoftPrompt = new Embedded(model.Transformer.Tables[0], Front) };
        Assert.Equal((4, 7), (model.PositionsBeside(4, null), model.PositionsBeside(4, sites)));
    }

    private static (int Tokens, int Limit) Overflow(Action work)
    {
        var e = Assert.Throws<ContextOverflowException>(work);
        return (e.Tokens, e.Limit);
    }

    private static SiteSet Soft(LanguageModel model, int[] tokens) =>
        new(model.Transformer, "soft") { SoftPrompt = new Embedded(model.Transformer.Tables.Single(t => t.Name == "shared.weight"), tokens) };

    private static KeyValuePrefix Prefix(LanguageModel model, Arena memory, int length)
    {
        var random = new SeededRandom(3);
        Tensor Random()
        {
            var t = memory.Matrix(length, model.Transformer.KvHeads * model.Transformer.HeadDim);
            foreach (ref var x in t.Span)
                x = (float)random.NextNormal();
            return t;
        }
        var layers = Enumerable.Range(0, model.Transformer.CacheLayers);
        return new KeyValuePrefix(length, [.. layers.Select(_ => Random())], [.. layers.Select(_ => Random())]) { Owner = memory };
    }

    private static ScoreRequest[] Requests(int count)
    {
        var random = new SeededRandom(5);
        return [.. Enumerable.Range(0, count).Select(i => new ScoreRequest([.. Enumerable.Range(0, 1 + random.Next(40)).Select(_ => random.Next(256)), i], [[65], [66, 67], [66, 68, 69]]))];
    }

    private static List<long> Bits(IEnumerable<ScoreResult> results) =>
        [.. results.SelectMany(r => r.TokenLogProbabilities).SelectMany(p => p).Select(BitConverter.DoubleToInt64Bits)];

    private sealed class Vectors(Tensor rows) : ISoftPrompt
    {
        public int Length => rows.Rows;

        public Tensor Rows(Graph graph, int task) => rows;
    }

    private sealed class Embedded(TableModule table, int[] tokens) : ISoftPrompt
    {
        public int Length => tokens.Length;

        public Tensor Rows(Graph graph, int task)
        {
            var rows = graph.Arena.Matrix(tokens.Length, table.Columns);
            for (var i = 0; i < tokens.Length; i++)
                table.Weight.ReadRow(tokens[i], rows[i]);
            return rows;
        }
    }
}

using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Architectures;

/// <summary>What every decoder obeys, whatever its weights, bit for bit: no token sees a later one; cache, batch and shared prefixes change nothing.</summary>
public sealed class DecoderPropertyTests
{
    private static readonly int[] Tokens = [7, 81, 3, 250, 19, 42, 42, 5, 130, 66, 9];

    public static TheoryData<string> Names => TinyDecoders.Catalogue();

    public static TheoryData<string> Differentiated => [.. new[] { "gemma2", "mixtral", "bloom", "cohere", "stablelm:parallel", "opt:narrow", "phi3:longrope", "falcon:alibi" }];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Forward_LaterTokenChanged_EarlierScoresKeepTheirBits(string name)
    {
        using var model = TinyDecoders.Create(name);
        int[] changed = [.. Tokens[..^2], 201, 202];
        var (a, b) = (Scores(model, Tokens), Scores(model, changed));
        Assert.Equal(a[..^2], b[..^2]);
        Assert.NotEqual(a[^1], b[^1]);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Feed_TokenByToken_ScoresOfThePlainPass(string name)
    {
        using var model = TinyDecoders.Create(name);
        var expected = Scores(model, Tokens);
        using var feed = new TokenFeed(model, Precision.Exact);
        Assert.Equal(expected[3], feed.Feed(Tokens.AsSpan(0, 4)).ToArray());
        for (var i = 4; i < Tokens.Length; i++)
            Assert.Equal(expected[i], feed.Feed([Tokens[i]]).ToArray());
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Forward_SequencesTogether_ScoresOfEachAlone(string name)
    {
        using var model = TinyDecoders.Create(name);
        var batch = new TokenBatch();
        int[][] rows = [Tokens[..5], Tokens, Tokens[3..]];
        foreach (var row in rows)
            batch.Add(row);
        using var graph = new Graph(recording: false);
        var together = model.Logits(graph, model.Forward(graph, batch, null), batch, null);
        var at = 0;
        foreach (var row in rows)
            foreach (var expected in Scores(model, row))
                Assert.Equal(expected, together[at++].ToArray());
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Score_BehindACachedPrefix_ScoresOfAFreshModel(string name)
    {
        ScoreRequest[] requests = [new(Tokens[..6], [[1, 2], [3]]), new([.. Tokens[..6], 8, 9], [[4], [5, 6, 7]]), new(Tokens[..3], [[90, 91]])];
        using var model = TinyDecoders.Language(name);
        var together = model.Score(requests, null, CancellationToken.None);
        var again = model.Score([.. requests.Reverse()], null, CancellationToken.None);
        for (var i = 0; i < requests.Length; i++)
        {
            using var fresh = TinyDecoders.Language(name);
            var alone = fresh.Score([requests[i]], null, CancellationToken.None)[0];
            Assert.Equal(alone.TokenLogProbabilities, together[i].TokenLogProbabilities);
            Assert.Equal(alone.TokenLogProbabilities, again[^(i + 1)].TokenLogProbabilities);
        }
    }

    [Theory]
    [MemberData(nameof(Differentiated))]
    public void Backward_AlongTheGradient_CentralDifference(string name)
    {
        using var model = TinyDecoders.Create(name);
        var sites = new SiteSet(model, "gradient");
        var parameters = TrainedModule.AttachAll(model, sites);
        int[] targets = [.. Tokens[1..], CrossEntropyOperation.Ignore];
        var batch = new TokenBatch();
        batch.Add(Tokens);
        double Loss(bool backward)
        {
            using var graph = new Graph(recording: true);
            var loss = model.Loss(graph, model.Forward(graph, batch, sites), targets, batch, sites);
            if (backward)
                graph.Backward(loss);
            return loss.Span[0];
        }

        Loss(backward: true);
        var direction = parameters.Select(p => p.Gradient.Span.ToArray()).ToArray();
        var norm = Math.Sqrt(direction.Sum(d => d.Sum(x => (double)x * x)));
        var start = parameters.Select(p => p.Value.Span.ToArray()).ToArray();
        double At(double step)
        {
            for (var i = 0; i < parameters.Count; i++)
                for (var j = 0; j < start[i].Length; j++)
                    parameters[i].Value.Span[j] = (float)(start[i][j] + step * direction[i][j] / norm);
            return Loss(backward: false);
        }

        const double h = 1e-3;
        Assert.Equal(norm, (At(h) - At(-h)) / (2 * h), 1e-2 * norm);
        foreach (var parameter in parameters)
            parameter.Dispose();
    }

    internal static float[][] Scores(CausalLanguageModel model, int[] tokens)
    {
        using var graph = new Graph(recording: false);
        var batch = new TokenBatch();
        batch.Add(tokens);
        var logits = model.Logits(graph, model.Forward(graph, batch, null), batch, null);
        return [.. Enumerable.Range(0, logits.Rows).Select(r => logits[r].ToArray())];
    }
}

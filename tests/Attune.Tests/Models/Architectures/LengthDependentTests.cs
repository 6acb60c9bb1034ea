using Attune.Models;
using Attune.Models.Generation;
using Attune.Tensors;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Models.Architectures;

/// <summary>Rotary frequencies that depend on a sequence's length: LongRoPE, whose limit is 12 in the tiny model.</summary>
public sealed class LengthDependentTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 26).Select(i => i * 37 % 251 + 1)];

    [Fact]
    public void Frequencies_LongRope_DividedByTheListOfTheLength()
    {
        var settings = new RopeSettings
        {
            Base = 10000, RotaryDims = 4, Scaling = RopeScaling.LongRope, Factor = 4, OriginalContext = 16, ShortDivisors = [1, 2], LongDivisors = [5, 8],
        };
        // 1 and 10000^(-2/4) = 0.01.
        Assert.Equal([1, 0.005], RopeFrequencies.Compute(settings with { DynamicLength = 16 }), (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal([0.2, 0.00125], RopeFrequencies.Compute(settings with { DynamicLength = 17 }), (a, b) => Math.Abs(a - b) < 1e-15);
        // sqrt(1 + ln 4 / ln 16) = sqrt(1.5).
        Assert.Equal(Math.Sqrt(1.5), RopeFrequencies.AttentionFactor(settings), 1e-12);
    }

    [Fact]
    public void Feed_LongRopePastTheLimit_ScoresOfThePlainPassAtEveryLength()
    {
        using var model = TinyDecoders.Create("phi3:longrope");
        using var feed = new TokenFeed(model, Precision.Exact);
        for (var n = 1; n <= 18; n++)
            Assert.Equal(DecoderPropertyTests.Scores(model, Tokens[..n])[^1], feed.Feed([Tokens[n - 1]]).ToArray());
        // Beyond the limit the earlier tokens are turned otherwise too.
        Assert.NotEqual(DecoderPropertyTests.Scores(model, Tokens[..12])[^1], DecoderPropertyTests.Scores(model, Tokens[..13])[^2]);
    }

    [Fact]
    public void Generate_LongRopePastTheLimit_BestTokensOfPlainPasses()
    {
        using var model = TinyDecoders.Language("phi3:longrope");
        var text = model.Generate(Tokens[..9], new SamplingOptions { Temperature = 0, MaxTokens = 8 }, null, null, CancellationToken.None);
        var sequence = Tokens[..9].ToList();
        foreach (var id in text.Ids)
        {
            var scores = DecoderPropertyTests.Scores(model.Transformer, [.. sequence])[^1];
            Assert.Equal(Array.IndexOf(scores, scores.Max()), id);
            sequence.Add(id);
        }
    }

    [Fact]
    public void Score_AroundTheLimit_DoesNotDependOnTheCache()
    {
        const string name = "phi3:longrope";
        var requests = Enumerable.Range(8, 6).Select(n => new ScoreRequest(Tokens[..n], [[3], [4, 5, 6]])).ToArray();
        using var warm = TinyDecoders.Language(name);
        foreach (var request in requests.Concat(requests.Reverse()))
        {
            using var fresh = TinyDecoders.Language(name);
            var expected = fresh.Score([request], null, CancellationToken.None)[0].TokenLogProbabilities;
            Assert.Equal(expected, warm.Score([request], null, CancellationToken.None)[0].TokenLogProbabilities);
            // Log-probabilities by hand out of a plain pass over what was scored.
            for (var c = 0; c < request.Continuations.Count; c++)
            {
                int[] all = [.. request.Prompt, .. request.Continuations[c]];
                var rows = DecoderPropertyTests.Scores(fresh.Transformer, all[..^1]);
                for (var i = 0; i < request.Continuations[c].Length; i++)
                {
                    var row = rows[request.Prompt.Length - 1 + i];
                    var max = row.Max();
                    var normaliser = max + Math.Log(row.Sum(x => Math.Exp(x - max)));
                    Assert.Equal(row[request.Continuations[c][i]] - normaliser, expected[c][i], 1e-5);
                }
            }
        }
    }
}

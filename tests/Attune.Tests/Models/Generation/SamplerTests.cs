using Attune.Models.Generation;
using Attune.Tensors;

namespace Attune.Tests.Models.Generation;

public class SamplerTests
{
    private const float Gone = float.NegativeInfinity;

    /// <summary>Probabilities 0.5, 0.3, 0.15, 0.05.</summary>
    private static float[] Row() => [MathF.Log(0.15f), MathF.Log(0.5f), MathF.Log(0.05f), MathF.Log(0.3f)];

    private static int[] Kept(Action<float[]> filter, float[]? row = null)
    {
        var x = row ?? Row();
        filter(x);
        return [.. Enumerable.Range(0, x.Length).Where(i => x[i] != Gone)];
    }

    [Fact]
    public void Next_Greedy_TakesTheLowestIdOnATie() =>
        Assert.Equal(1, new Sampler(new SamplingOptions()).Next([1, 3, 3, 2], []));

    [Fact]
    public void Mirostat_Surprises_EndNearTheTarget()
    {
        // The bound follows the difference, so that the mean over many draws comes to the target.
        float[] row = [.. Enumerable.Range(0, 200).Select(i => -0.05f * i)];
        foreach (var version in new[] { 1, 2 })
        {
            var sampler = new Sampler(new SamplingOptions { Temperature = 1, Seed = 2, Mirostat = version, MirostatTarget = 3 });
            var surprises = new List<double>();
            for (var i = 0; i < 2000; i++)
            {
                var logits = (float[])row.Clone();
                var token = sampler.Next(logits, []);
                var sum = logits.Where(float.IsFinite).Sum(x => Math.Exp(x));
                surprises.Add(Math.Log2(sum / Math.Exp(logits[token])));
            }
            Assert.Equal(3, surprises.Skip(200).Average(), 0.2);
        }
    }

    [Fact]
    public void Mirostat_TwoBits_KeepsWhatIsAtMostTwoBits() =>
        // Surprises of 0.5, 0.3, 0.15, 0.05: 1, 1.74, 2.74, 4.32 bits.
        Assert.Equal([1, 3], Kept(x => Mirostat.Truncate(x, 2)));

    [Fact]
    public void Next_SameSeed_GivesTheSameTokens()
    {
        int[] Draw(int seed)
        {
            var sampler = new Sampler(new SamplingOptions { Temperature = 1, Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next(Row(), []))];
        }

        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
    }

    [Fact]
    public void Next_ManyDraws_FollowTheProbabilities()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 1, Seed = 3 });
        const int Draws = 20_000;
        var counts = new int[4];
        for (var i = 0; i < Draws; i++)
            counts[sampler.Next(Row(), [])]++;
        // Five standard deviations of a binomial share are below 0.018.
        Assert.All(new[] { 0.15, 0.5, 0.05, 0.3 }.Zip(counts), p => Assert.InRange(p.Second / (double)Draws, p.First - 0.018, p.First + 0.018));
    }

    [Fact]
    public void Next_TinyTemperature_IsGreedyWithoutOverflow() =>
        Assert.Equal(1, new Sampler(new SamplingOptions { Temperature = 1e-30 }).Next([30000, 30001, 2], []));

    [Fact]
    public void Next_FiltersInTurn_LeaveOneToken()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 1, TopK = 2, TopP = 0.5 });
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(1, sampler.Next(Row(), [])));
    }

    [Fact]
    public void Next_RepetitionPenalty_ActsOnGreedyToo() =>
        Assert.Equal(0, new Sampler(new SamplingOptions { RepetitionPenalty = 2 }).Next([2, 3], [1, 1]));

    [Fact]
    public void Next_NotANumber_IsAnError()
    {
        var sampler = new Sampler(new SamplingOptions());
        Assert.Contains("token 1", Assert.Throws<AttuneException>(() => sampler.Next([1, float.NaN], [])).Message, StringComparison.Ordinal);
        Assert.Contains("no token is left", Assert.Throws<AttuneException>(() => sampler.Next([Gone, Gone], [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Next_AfterTheFirst_AllocatesNothing()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 0.8, TopK = 40, TopP = 0.9, MinP = 0.01, TypicalP = 0.95, RepetitionPenalty = 1.1, FrequencyPenalty = 0.1 });
        var random = new SeededRandom(1);
        var logits = Enumerable.Range(0, 500).Select(_ => (float)random.NextNormal()).ToArray();
        var copy = new float[logits.Length];
        int[] history = [3, 4, 3];
        for (var i = 0; i < 3; i++)
            One();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
            One();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void One()
        {
            logits.CopyTo(copy, 0);
            sampler.Next(copy, history);
        }
    }

    [Fact]
    public void Filters_FourKnownProbabilities_KeepTheRightOnes()
    {
        var w = new SamplingWorkspace();
        Assert.Equal([1, 3], Kept(x => LogitFilters.TopK(x, 2, w)));
        Assert.Equal([0, 1, 3], Kept(x => LogitFilters.TopP(x, 0.81, w)));
        Assert.Equal([1], Kept(x => LogitFilters.TopP(x, 1e-9, w)));
        Assert.Equal([1, 3], Kept(x => LogitFilters.MinP(x, 0.5)));
        Assert.Equal([0, 1, 3], Kept(x => LogitFilters.Epsilon(x, 0.1)));
        Assert.Equal([1], Kept(x => LogitFilters.Epsilon(x, 0.9)));
        // The entropy is 1.142 nats; surprises 0.693, 1.204, 1.897, 2.996: 0.3 is the most typical.
        Assert.Equal([3], Kept(x => LogitFilters.TypicalP(x, 0.2, w)));
        Assert.Equal([1, 3], Kept(x => LogitFilters.TypicalP(x, 0.6, w)));
    }

    [Fact]
    public void TopP_EqualLogitsAtTheEdge_KeepsTheLowerIds() =>
        Assert.Equal([0, 1, 2], Kept(x => LogitFilters.TopP(x, 0.25, new SamplingWorkspace()), new float[10]));

    [Fact]
    public void TopK_RandomRows_KeepsWhatSortingKeeps()
    {
        var random = new SeededRandom(2);
        var w = new SamplingWorkspace();
        for (var n = 1; n < 80; n++)
        {
            var row = Enumerable.Range(0, n).Select(_ => (float)random.Next(n / 2 + 1)).ToArray();
            for (var k = 1; k <= n; k += 3)
            {
                var limit = row.OrderDescending().ElementAt(k - 1);
                Assert.Equal(Enumerable.Range(0, n).Where(i => row[i] >= limit), Kept(x => LogitFilters.TopK(x, k, w), (float[])row.Clone()));
            }
        }
    }

    [Fact]
    public void NoRepeatNgram_PairSeenBefore_IsRemoved() =>
        Assert.Equal([0, 1, 3], Kept(x => RepetitionFilters.NoRepeatNgram(x, [1, 2, 3, 1], 2)));

    [Theory]
    [InlineData(-1, 1, "temperature is -1")]
    [InlineData(double.NaN, 1, "temperature is NaN")]
    [InlineData(1, 0, "top-p is 0")]
    public void Create_OptionOutOfRange_IsRefused(double temperature, double topP, string message) =>
        Assert.Contains(message, Assert.Throws<AttuneException>(() => new Sampler(new SamplingOptions { Temperature = temperature, TopP = topP })).Message, StringComparison.Ordinal);
}
